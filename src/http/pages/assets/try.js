// @ts-check
import { createLog, logCall } from './call-log.js'
import { grantCommand } from './grant-command.js'
import { oneAtATime } from './one-at-a-time.js'
import { RealtimeLine } from './realtime.js'
import { improveStoreDialog } from './store-dialog.js'
import * as view from './view.js'
import { errorWords, isExpected } from './words.js'

/** @typedef {import('@revenuecat/purchases-js').Package} Package */
/** @typedef {{ api_key: string, sdk_url: string, entitlement: string, currency: string }} Settings */

/** Where this browser keeps the customer's id, so that it finds the same one after a reload. */
const ID_KEY = 'purser.try.app-user-id'

const log = createLog(view.byId('log'))
const settings = /** @type {Settings} */ (await fetchJson('/demo/settings.json'))
const { Purchases } = /** @type {typeof import('@revenuecat/purchases-js')} */ (await import(settings.sdk_url))

const purchases = Purchases.configure({
  apiKey: settings.api_key,
  appUserId: localStorage.getItem(ID_KEY) ?? Purchases.generateRevenueCatAnonymousAppUserId(),
  httpConfig: { proxyURL: location.origin },
  flags: { collectAnalyticsEvents: false },
})

/** Names this page for the gateway, which keeps one line for each device: two tabs are two. */
const deviceId = `try-${Array.from(crypto.getRandomValues(new Uint32Array(2)), (part) => part.toString(36)).join('')}`

/** @type {number | null} */
let balance = null
let isBusy = false
/** @type {RealtimeLine | null} */
let line = null

const readBalance = oneAtATime(async () => {
  const appUserId = purchases.getAppUserId()
  purchases.invalidateVirtualCurrenciesCache()
  const read = () => purchases.getVirtualCurrencies()
  const { all } = await logCall(log, 'getVirtualCurrencies()', read, ({ all }) => `${balanceOf(all)} credits`)
  if (appUserId !== purchases.getAppUserId()) return
  view.showBalance(balanceOf(all), balance)
  balance = balanceOf(all)
})

const readCustomer = oneAtATime(async () => {
  const appUserId = purchases.getAppUserId()
  const read = () => purchases.getCustomerInfo()
  const customer = await logCall(log, 'getCustomerInfo()', read, accessSummary)
  if (appUserId === purchases.getAppUserId()) showCustomerInfo(customer)
})

/** @param {Record<string, { balance: number }>} currencies */
function balanceOf(currencies) {
  return currencies[settings.currency]?.balance ?? 0
}

/** @param {import('@revenuecat/purchases-js').CustomerInfo} customer */
function accessSummary(customer) {
  return `${settings.entitlement} ${settings.entitlement in customer.entitlements.active ? 'active' : 'not active'}`
}

/** @param {import('@revenuecat/purchases-js').CustomerInfo} customer */
function showCustomerInfo(customer) {
  view.showAccess(customer.entitlements.all[settings.entitlement], Date.now())
}

/** Begins with the customer that the SDK has now: shows its id, listens for its changes, reads everything. */
function beginCustomer() {
  const appUserId = purchases.getAppUserId()
  localStorage.setItem(ID_KEY, appUserId)
  balance = null
  view.showNothingKnown()
  view.showCustomer({ appUserId, isAnonymous: purchases.isAnonymous() })
  const facts = { origin: location.origin, appUserId, currency: settings.currency }
  view.byId('grant-command').replaceChildren(Object.assign(document.createElement('code'), { textContent: grantCommand(facts) }))
  line?.close()
  line = openLine(appUserId)
  readAll()
}

function readAll() {
  readBalance().catch(showFailure)
  readCustomer().catch(showFailure)
}

/** @param {string} appUserId */
function openLine(appUserId) {
  return new RealtimeLine({
    bootstrap: () => bootstrap(appUserId),
    onState: view.showConnection,
    onChanged: (kinds) => {
      if (kinds.includes('usage')) readBalance().catch(showFailure)
      if (kinds.includes('entitlements')) readCustomer().catch(showFailure)
    },
    onFrame: (frame) => log({ kind: 'live', title: frame.event, note: frameNote(frame), detail: frame }),
    onFailure: (error) => log({ kind: 'error', title: 'realtime-bootstrap', note: errorWords(error) }),
    open: (url) => new WebSocket(url),
    random: Math.random,
  })
}

/**
 * A session for the realtime gateway. The customer signs in with a token of the demo; a real app takes the one of its
 * identity provider. A new token each time, since a server that was restarted does not know the old one.
 *
 * @param {string} appUserId
 * @returns {Promise<{ ws_url: string }>}
 */
async function bootstrap(appUserId) {
  const { token } = await postJson('/demo/token', settings.api_key, { app_user_id: appUserId })
  return postJson('/v1/sessions/realtime-bootstrap', token, { device_id: deviceId })
}

/** @param {import('./realtime.js').Frame} frame */
function frameNote({ event, data }) {
  if (event === 'connected') return `revision ${data.seq}`
  if (data.silent !== true) return 'from the gateway'
  return `${data.cause} · revision ${data.seq} · ${event === 'usage.changed' ? 'reading the balance' : 'reading the entitlements'}`
}

/** @param {Package} rcPackage */
async function buy(rcPackage) {
  await alone(async () => {
    const title = `purchase(${rcPackage.identifier})`
    const { customerInfo } = await logCall(log, title, () => purchases.purchase({ rcPackage }), (result) => accessSummary(result.customerInfo))
    showCustomerInfo(customerInfo)
    await readBalance()
  })
}

/** @param {string} appUserId */
async function logIn(appUserId) {
  await alone(async () => {
    const summary = ({ wasCreated = false }) => (wasCreated ? 'a new customer' : 'a known customer')
    if (purchases.isAnonymous()) {
      await logCall(log, `identifyUser('${appUserId}')`, () => purchases.identifyUser(appUserId), summary)
    } else {
      await logCall(log, `changeUser('${appUserId}')`, () => purchases.changeUser(appUserId), accessSummary)
    }
    beginCustomer()
  })
}

async function becomeAnonymous() {
  await alone(async () => {
    const appUserId = Purchases.generateRevenueCatAnonymousAppUserId()
    await logCall(log, 'changeUser(anonymous)', () => purchases.changeUser(appUserId), accessSummary)
    beginCustomer()
  })
}

/**
 * Does one thing that changes the customer at a time, and says what went wrong.
 *
 * @param {() => Promise<void>} act
 */
async function alone(act) {
  if (isBusy) return
  isBusy = true
  view.showBusy(true)
  view.showNotice(null)
  try {
    await act()
  } catch (error) {
    showFailure(error)
  } finally {
    isBusy = false
    view.showBusy(false)
  }
}

/** @param {unknown} error */
function showFailure(error) {
  view.showNotice(errorWords(error))
}
