// @ts-check
import { logCall } from './call-log.js'
import { grantCommand } from './grant-command.js'
import { frameWords, isTold, openLiveSession } from './live-session.js'
import { oneAtATime } from './one-at-a-time.js'
import * as view from './view.js'

/** @typedef {import('@revenuecat/purchases-js').Package} Package */
/** @typedef {import('@revenuecat/purchases-js').CustomerInfo} CustomerInfo */
/** @typedef {{ api_key: string, sdk_url: string, client_url: string, entitlement: string, currency: string }} Settings */

/** Where this browser keeps the customer's id, so that it finds the same one after a reload. */
const ID_KEY = 'purser.try.app-user-id'

/** An app with one customer: uses the SDK as any app does, and listens for changes. */
export class CustomerApp {
  #Purchases
  #connectRealtime
  #purchases
  #settings
  #log
  /** @type {number | null} */
  #balance = null
  #isBusy = false
  /** @type {import('./live-session.js').RealtimeConnection | null} */
  #line = null
  #readBalance = oneAtATime(() => this.#readBalanceNow())
  #readCustomer = oneAtATime(() => this.#readCustomerNow())

  /**
   * @param {typeof import('@revenuecat/purchases-js').Purchases} Purchases
   * @param {import('./live-session.js').ConnectRealtime} connectRealtime
   * @param {Settings} settings
   * @param {(entry: import('./call-log.js').Entry) => void} log
   */
  constructor(Purchases, connectRealtime, settings, log) {
    this.#Purchases = Purchases
    this.#connectRealtime = connectRealtime
    this.#settings = settings
    this.#log = log
    this.#purchases = Purchases.configure({
      apiKey: settings.api_key,
      appUserId: localStorage.getItem(ID_KEY) ?? Purchases.generateRevenueCatAnonymousAppUserId(),
      httpConfig: { proxyURL: location.origin },
      flags: { collectAnalyticsEvents: false },
    })
  }

  /** Shows the customer and the shop. */
  async start() {
    this.#beginCustomer()
    await this.#alone(async () => {
      const read = () => this.#purchases.getOfferings()
      const summary = (/** @type {import('@revenuecat/purchases-js').Offerings} */ { current }) =>
        current === null ? 'no current offering' : `${current.identifier}, ${current.availablePackages.length} packages`
      const { current } = await logCall(this.#log, 'getOfferings()', read, summary)
      view.showOffering(current, (rcPackage) => this.#buy(rcPackage))
    })
  }

  /** @param {string} appUserId */
  logIn(appUserId) {
    return this.#alone(async () => {
      if (this.#purchases.isAnonymous()) await this.#identify(appUserId)
      else await this.#changeUser(appUserId, `'${appUserId}'`)
      this.#beginCustomer()
    })
  }

  becomeAnonymous() {
    return this.#alone(async () => {
      await this.#changeUser(this.#Purchases.generateRevenueCatAnonymousAppUserId(), 'anonymous')
      this.#beginCustomer()
    })
  }

  /**
   * What the anonymous customer has goes along.
   *
   * @param {string} appUserId
   */
  async #identify(appUserId) {
    const identify = () => this.#purchases.identifyUser(appUserId)
    const summary = ({ wasCreated = false }) => (wasCreated ? 'a new customer' : 'a customer known before')
    await logCall(this.#log, `identifyUser('${appUserId}')`, identify, summary)
  }

  /**
   * Goes to another customer. The SDK does so before it asks the server, and stays there when that refuses; this goes
   * back.
   *
   * @param {string} appUserId
   * @param {string} shownAs
   */
  async #changeUser(appUserId, shownAs) {
    const before = this.#purchases.getAppUserId()
    try {
      const change = () => this.#purchases.changeUser(appUserId)
      await logCall(this.#log, `changeUser(${shownAs})`, change, this.#accessSummary)
    } catch (error) {
      // It is back even when this call fails as well; what went wrong first is what counts.
      if (this.#purchases.getAppUserId() !== before) await this.#purchases.changeUser(before).catch(() => undefined)
      throw error
    }
  }

  /** @param {Package} rcPackage */
  #buy(rcPackage) {
    return this.#alone(async () => {
      const title = `purchase('${rcPackage.identifier}')`
      const purchase = () => this.#purchases.purchase({ rcPackage })
      const { customerInfo } = await logCall(this.#log, title, purchase, (result) =>
        this.#accessSummary(result.customerInfo),
      )
      this.#showAccess(customerInfo)
      await this.#readBalance()
    })
  }

  /** Begins with the customer that the SDK has now. */
  #beginCustomer() {
    const appUserId = this.#purchases.getAppUserId()
    const { currency, api_key: apiKey } = this.#settings
    localStorage.setItem(ID_KEY, appUserId)
    this.#balance = null
    view.showNothingKnown()
    view.showCustomer({ appUserId, isAnonymous: this.#purchases.isAnonymous() })
    view.showGrant(grantCommand({ origin: location.origin, appUserId, currency }))
    this.#line?.close()
    this.#line = openLiveSession(
      this.#connectRealtime,
      { apiKey, appUserId },
      {
        onState: ({ state }) => {
          view.showConnection(state)
          // The greeting makes everything be read; without a line, that would never happen.
          if (state === 'waiting' && this.#balance === null) this.#read('all')
        },
        onChange: ({ kind }) => this.#read(kind),
        onFrame: (frame) => {
          if (isTold(frame)) this.#log({ kind: 'live', title: frame.event, note: frameWords(frame), detail: frame })
        },
        onProblem: ({ code, message, cause }) => {
          const note = cause instanceof Error ? `${message}: ${cause.message}` : message
          this.#log({ kind: 'error', title: code, note })
        },
      },
    )
  }

  /** @param {'usage' | 'entitlements' | 'all'} kind */
  #read(kind) {
    if (kind !== 'entitlements') this.#readBalance().catch(view.showFailure)
    if (kind !== 'usage') this.#readCustomer().catch(view.showFailure)
  }

  async #readBalanceNow() {
    const appUserId = this.#purchases.getAppUserId()
    // The SDK keeps balances for minutes; what it has is known to be old.
    this.#purchases.invalidateVirtualCurrenciesCache()
    const read = () => this.#purchases.getVirtualCurrencies()
    const { currency } = this.#settings
    const { all } = await logCall(this.#log, 'getVirtualCurrencies()', read, (answer) => {
      return `${answer.all[currency]?.balance ?? 0} ${currency}`
    })
    if (appUserId !== this.#purchases.getAppUserId()) return
    const balance = all[currency]?.balance ?? 0
    view.showBalance(balance, this.#balance)
    this.#balance = balance
  }

  async #readCustomerNow() {
    const appUserId = this.#purchases.getAppUserId()
    const read = () => this.#purchases.getCustomerInfo()
    const customer = await logCall(this.#log, 'getCustomerInfo()', read, this.#accessSummary)
    if (appUserId === this.#purchases.getAppUserId()) this.#showAccess(customer)
  }

  /** @param {CustomerInfo} customer */
  #accessSummary = (customer) => {
    const { entitlement } = this.#settings
    return `${entitlement} ${entitlement in customer.entitlements.active ? 'is active' : 'is not active'}`
  }

  /** @param {CustomerInfo} customer */
  #showAccess(customer) {
    view.showAccess(customer.entitlements.all[this.#settings.entitlement], Date.now())
  }

  /**
   * Does one thing at a time that concerns the customer as a whole, and says what went wrong.
   *
   * @param {() => Promise<void>} act
   */
  async #alone(act) {
    if (this.#isBusy) return
    this.#isBusy = true
    view.showBusy(true)
    view.showFailure(null)
    try {
      await act()
    } catch (error) {
      view.showFailure(error)
    } finally {
      this.#isBusy = false
      view.showBusy(false)
    }
  }
}
