import { ok, type Result, refuse } from '../../core/lib/result.ts'
import { amountProblem, DEFAULT_CURRENCY } from '../../core/wallet/change-fields.ts'
import { currencyProblem, reasonProblem } from './field-problems.ts'
import { userIdProblem } from './parse-user-id.ts'
import { type KeyedFault, readKeyedFields } from './read-keyed-fields.ts'

export { DEFAULT_CURRENCY }

/** Where the fields of a change come from. */
export type AdjustParts = {
  /** The decoded id in the path; null on the route that has it in the body. */
  pathUserId: string | null
  body: unknown
  /** The header `Idempotency-Key`, an alias of the body's field. */
  headerKey: string | undefined
}

/** A change of a balance that is well formed. Whether it is possible is not known yet. */
export type AdjustRequest = {
  userId: string
  amount: number
  /** Without surrounding blanks. */
  reason: string
  currency: string
  idempotencyKey: string | null
}

export type AdjustFault = KeyedFault | { code: 'amount_must_be_nonzero' }

type ValidFields = { user_id?: string; amount: number; reason: string; currency?: string }

/**
 * Reads a request that grants or deducts units. Never throws, whatever the body is. All faulty fields are named at
 * once; only when each is right by itself are they judged together.
 */
export function parseAdjust(parts: AdjustParts, rules: { maxAdjust: number }): Result<AdjustRequest, AdjustFault> {
  const { pathUserId, body, headerKey } = parts
  const read = readKeyedFields(body, headerKey, {
    user_id: (value) => (pathUserId === null ? userIdProblem(value) : pathProblem(pathUserId, value)),
    amount: (value) => amountProblem(value, rules.maxAdjust),
    reason: reasonProblem,
    currency: currencyProblem,
  })
  if (!read.ok) return read
  const { idempotencyKey } = read.value
  const fields = read.value.fields as ValidFields
  if (fields.amount === 0) return refuse({ code: 'amount_must_be_nonzero' })
  return ok({
    userId: pathUserId ?? fields.user_id ?? '',
    amount: fields.amount,
    reason: fields.reason.trim(),
    currency: fields.currency ?? DEFAULT_CURRENCY,
    idempotencyKey,
  })
}

/** On the route with the id in its path, the body may repeat the id but not contradict it. */
function pathProblem(pathUserId: string, bodyUserId: unknown): string | null {
  if (bodyUserId !== undefined && bodyUserId !== pathUserId) return 'must be the one in the path, or be left out'
  return userIdProblem(pathUserId)
}
