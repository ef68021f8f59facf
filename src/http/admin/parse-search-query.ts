import { LAST_AT } from '../../core/lib/iso-time.ts'
import { ok, type Result, refuse } from '../../core/lib/result.ts'
import { operatorIdOf } from '../../core/wallet/ledger-references.ts'
import { ticketFrom } from '../../core/wallet/tickets.ts'
import type { LedgerPlace } from '../../usecases/ports/ledger.ts'
import type { SearchInput } from '../../usecases/wallet/search-ledger.ts'
import { parseHistoryQuery } from './parse-history-query.ts'
import { isLongerThan, isPlainText, userIdProblem } from './parse-user-id.ts'

/** Long enough for every store's id of a purchase, such as a Play token. */
export const PURCHASE_MAX_LENGTH = 1_500
const REQUEST_ID_MAX_LENGTH = 200

const CURSOR = /^(\d{1,15})_([A-Za-z0-9]{1,64})$/

/** What is said when nothing is given that there is an index for. */
export const TOO_WIDE = 'give one of ticket, operator, purchase or user_id; the rest only narrows'

/** Reads what is looked for. The refusal is the problems in words. Other parameters are ignored. */
export function parseSearchQuery(
  query: Readonly<Record<string, unknown>>,
): Result<Omit<SearchInput, 'projectId'>, string[]> {
  const { cursor, ticket, operator, purchase, user_id: userId, request_id: requestId, ...rest } = query
  const page = parseHistoryQuery(rest)
  const problems = Object.entries({
    ticket: isMissingOr(ticket, (text) => ticketFrom(text) !== null) ? null : 'must be such as ZD-1042 or #12345',
    operator: isMissingOr(operator, (text) => operatorIdOf(text) !== null) ? null : 'must be the id of an operator',
    purchase: textProblem(purchase, PURCHASE_MAX_LENGTH),
    user_id: userId === undefined ? null : userIdProblem(userId),
    request_id: textProblem(requestId, REQUEST_ID_MAX_LENGTH),
    cursor: isMissingOr(cursor, (text) => placeFrom(text) !== null) ? null : 'must be a next_cursor',
  }).flatMap(([name, problem]) => (problem === null ? [] : [`${name}: ${problem}`]))
  if (!page.ok || problems.length > 0) return refuse([...problems, ...(page.ok ? [] : page.refusal)])
  const { limit, kind, currency, since, until } = page.value
  return ok({
    ticket: typeof ticket === 'string' ? ticketFrom(ticket) : null,
    operatorId: typeof operator === 'string' ? operatorIdOf(operator) : null,
    purchase: typeof purchase === 'string' ? purchase : null,
    userId: typeof userId === 'string' ? userId : null,
    requestId: typeof requestId === 'string' ? requestId : null,
    before: typeof cursor === 'string' ? placeFrom(cursor) : null,
    ...{ limit, kind, currency, since, until },
  })
}

/** A place in a list as a cursor. */
export function cursorOf({ createdAt, transactionId }: LedgerPlace): string {
  return `${createdAt}_${transactionId}`
}

function placeFrom(cursor: string): LedgerPlace | null {
  const [, at, transactionId] = CURSOR.exec(cursor) ?? []
  if (at === undefined || transactionId === undefined || Number(at) > LAST_AT) return null
  return { createdAt: Number(at), transactionId }
}

function isMissingOr(value: unknown, isFine: (text: string) => boolean): boolean {
  return value === undefined || (typeof value === 'string' && isFine(value))
}

function textProblem(value: unknown, maxLength: number): string | null {
  if (value === undefined) return null
  if (typeof value !== 'string' || value === '' || isLongerThan(value, maxLength)) {
    return `must be a text of 1 to ${maxLength} characters`
  }
  return isPlainText(value) ? null : 'must not contain control characters'
}
