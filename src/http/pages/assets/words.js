// @ts-check

/** What to say about the SDK's errors, by their numbers. Others are told in the SDK's own words. */
const ERROR_WORDS = /** @type {Record<number, string>} */ ({
  1: 'The purchase was cancelled. Nothing was bought.',
  6: 'This customer has bought that already.',
  7: 'This purchase belongs to another customer.',
  10: 'The server cannot be reached. Is it still running?',
  11: 'The server does not know the key of this page. Load the page again.',
  14: 'That id cannot be the id of a customer.',
  42: 'The Test Store played a failed purchase, as asked. Nothing was bought.',
})

/**
 * An error for people.
 *
 * @param {unknown} error
 */
export function errorWords(error) {
  if (!(error instanceof Error)) return String(error)
  const { errorCode, underlyingErrorMessage } = /** @type {import('@revenuecat/purchases-js').PurchasesError} */ (error)
  const words = ERROR_WORDS[errorCode]
  if (words !== undefined) return words
  return serverWords(underlyingErrorMessage) ?? error.message
}

/**
 * What the server said. The SDK repeats its whole answer, in which the message is for people.
 *
 * @param {string | null | undefined} text
 */
function serverWords(text) {
  const answer = /Body: (\{.*\})/s.exec(text ?? '')?.[1]
  if (answer === undefined) return text || null
  try {
    return String(JSON.parse(answer).message)
  } catch {
    return text
  }
}

/**
 * Whether nothing went wrong: the customer cancelled, or asked the Test Store to fail.
 *
 * @param {unknown} error
 */
export function isAsAsked(error) {
  const code = error instanceof Error && 'errorCode' in error ? error.errorCode : null
  return code === 1 || code === 42
}

/**
 * How often a product is paid: "every month", "every 3 months", "once".
 *
 * @param {import('@revenuecat/purchases-js').Period | null} period
 */
export function periodWords(period) {
  if (period === null) return 'once'
  return period.number === 1 ? `every ${period.unit}` : `every ${period.number} ${period.unit}s`
}

/**
 * A moment to come, as precise as it matters: by the second when it is within a day.
 *
 * @param {Date} date
 * @param {number} now epoch milliseconds
 */
export function momentWords(date, now) {
  const isSoon = date.getTime() - now < 24 * 60 * 60 * 1000
  return date.toLocaleString([], isSoon ? { timeStyle: 'medium' } : { dateStyle: 'long', timeStyle: 'short' })
}

/**
 * An entitlement for people: whether it is active, and what comes next.
 *
 * @param {import('@revenuecat/purchases-js').EntitlementInfo | undefined} entitlement
 * @param {number} now epoch milliseconds
 * @returns {{ isActive: boolean, title: string, note: string }}
 */
export function accessWords(entitlement, now) {
  if (entitlement === undefined)
    return { isActive: false, title: 'Not active', note: 'A subscription from the shop opens it.' }
  const { isActive, expirationDate, willRenew, productIdentifier } = entitlement
  const from = `From ${productIdentifier}.`
  if (expirationDate === null) return { isActive, title: isActive ? 'Active' : 'Not active', note: from }
  if (!isActive) return { isActive, title: 'Not active', note: `It ended: ${expirationDate.toLocaleString()}.` }
  const title = `Active until ${momentWords(expirationDate, now)}`
  return { isActive, title, note: `${from} ${willRenew ? 'It renews by itself.' : 'It will not renew.'}` }
}
