// @ts-check
import { accessWords, errorWords, isAsAsked, periodWords } from './words.js'

/** @typedef {import('../../../../client/src/connect-realtime.ts').RealtimeState['state']} ConnectionState */

/** How long the difference to the last balance stays beside it. */
const DIFFERENCE_SHOWN_MS = 6_000

const CONNECTION_WORDS = /** @type {Record<ConnectionState, string>} */ ({
  connecting: 'Connecting',
  live: 'Live',
  waiting: 'Reconnecting',
  stopped: 'Not connected',
})

const PRODUCT_TYPE_WORDS = /** @type {Record<string, string>} */ ({
  subscription: 'Subscription',
  consumable: 'Consumable',
  non_consumable: 'Kept for good',
})

/**
 * An element of the page, which the server always sends.
 *
 * @param {string} id
 */
export function byId(id) {
  const element = document.getElementById(id)
  if (element === null) throw new Error(`the page has no #${id}`)
  return element
}

/** @param {{ appUserId: string, isAnonymous: boolean }} customer */
export function showCustomer({ appUserId, isAnonymous }) {
  byId('customer-id').textContent = appUserId
  const kind = byId('customer-kind')
  kind.textContent = isAnonymous ? 'anonymous' : 'logged in'
  kind.hidden = false
}

/** @type {ReturnType<typeof setTimeout> | undefined} */
let differenceTimer

/**
 * Shows a balance. When the one before is known, the difference stands beside it for a while.
 *
 * @param {number} balance
 * @param {number | null} before
 */
export function showBalance(balance, before) {
  byId('balance').textContent = balance.toLocaleString()
  if (before === null || balance === before) return
  const difference = balance - before
  const note = byId('balance-note')
  note.textContent = `${difference > 0 ? '+' : '−'}${Math.abs(difference).toLocaleString()} just now`
  note.dataset.fresh = ''
  clearTimeout(differenceTimer)
  differenceTimer = setTimeout(forgetDifference, DIFFERENCE_SHOWN_MS)
}

function forgetDifference() {
  const note = byId('balance-note')
  note.textContent = 'Changes appear here by themselves.'
  delete note.dataset.fresh
}

/** Empties what belongs to one customer, so that nobody is shown the balance of somebody else. */
export function showNothingKnown() {
  clearTimeout(differenceTimer)
  forgetDifference()
  byId('balance').textContent = '–'
  byId('access').textContent = '–'
  byId('access-note').textContent = ''
  delete byId('access').dataset.active
}

/**
 * @param {import('@revenuecat/purchases-js').EntitlementInfo | undefined} entitlement
 * @param {number} now epoch milliseconds
 */
export function showAccess(entitlement, now) {
  const { isActive, title, note } = accessWords(entitlement, now)
  const access = byId('access')
  access.textContent = title
  access.toggleAttribute('data-active', isActive)
  byId('access-note').textContent = note
}

/** @param {string} command */
export function showGrant(command) {
  const code = document.createElement('code')
  code.textContent = command
  byId('grant-command').replaceChildren(code)
}

/** @param {ConnectionState} state */
export function showConnection(state) {
  const connection = byId('connection')
  connection.dataset.state = state
  connection.textContent = CONNECTION_WORDS[state]
}

/**
 * Says what went wrong; null takes it back.
 *
 * @param {unknown} error
 */
export function showFailure(error) {
  const notice = byId('notice')
  notice.textContent = error === null ? null : errorWords(error)
  notice.hidden = error === null
  notice.toggleAttribute('data-calm', isAsAsked(error))
}

/**
 * Lists what is for sale.
 *
 * @param {import('@revenuecat/purchases-js').Offering | null} offering
 * @param {(rcPackage: import('@revenuecat/purchases-js').Package) => void} onBuy
 */
export function showOffering(offering, onBuy) {
  const list = byId('packages')
  if (offering === null) {
    byId('shop-note').textContent = 'There is no current offering.'
    list.replaceChildren()
    return
  }
  byId('shop-note').textContent = `The current offering, ${offering.identifier}.`
  list.replaceChildren(...offering.availablePackages.map((rcPackage) => packageItem(rcPackage, onBuy)))
}

/**
 * @param {import('@revenuecat/purchases-js').Package} rcPackage
 * @param {(rcPackage: import('@revenuecat/purchases-js').Package) => void} onBuy
 */
function packageItem(rcPackage, onBuy) {
  const { title, price, period, productType } = rcPackage.webBillingProduct
  const item = document.createElement('li')
  const text = document.createElement('div')
  text.append(paragraph('package-title', title), paragraph('note', PRODUCT_TYPE_WORDS[productType] ?? productType))
  const cost = document.createElement('div')
  cost.className = 'package-cost'
  cost.append(paragraph('package-price', price.formattedPrice), paragraph('note', periodWords(period)))
  const button = document.createElement('button')
  button.type = 'button'
  button.textContent = 'Buy'
  button.setAttribute('aria-label', `Buy ${title}`)
  button.dataset.package = rcPackage.identifier
  button.addEventListener('click', () => onBuy(rcPackage))
  item.append(text, cost, button)
  return item
}

/**
 * @param {string} className
 * @param {string} text
 */
function paragraph(className, text) {
  const element = document.createElement('p')
  element.className = className
  element.textContent = text
  return element
}

/**
 * While the customer is being changed or something is bought, no second such thing can begin. The buttons keep the
 * focus and say that they rest.
 *
 * @param {boolean} isBusy
 */
export function showBusy(isBusy) {
  for (const button of document.querySelectorAll('#packages button, #log-in button, #new-anonymous')) {
    button.setAttribute('aria-disabled', String(isBusy))
  }
}
