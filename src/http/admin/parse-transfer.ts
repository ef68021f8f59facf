import { ok, type Result } from '../../core/lib/result.ts'
import { currencyProblem, reasonProblem } from './field-problems.ts'
import { DEFAULT_CURRENCY } from './parse-adjust.ts'
import { amountProblem } from './parse-hold.ts'
import { userIdProblem } from './parse-user-id.ts'
import { type KeyedFault, readKeyedFields } from './read-keyed-fields.ts'

/** A transfer that is well formed. Whether it is possible is not known yet. */
export type TransferRequest = {
  fromUserId: string
  toUserId: string
  currency: string
  amount: number
  /** Without surrounding blanks. */
  reason: string
  idempotencyKey: string | null
}

type ValidFields = {
  from_user_id: string
  to_user_id: string
  amount: number
  reason: string
  currency?: string
}

/** Reads a request that gives units of one user to another. Never throws, whatever the body is. */
export function parseTransfer(
  body: unknown,
  headerKey: string | undefined,
  { maxAdjust }: { maxAdjust: number },
): Result<TransferRequest, KeyedFault> {
  const read = readKeyedFields(body, headerKey, {
    from_user_id: userIdProblem,
    to_user_id: userIdProblem,
    amount: (value) => amountProblem(value, maxAdjust) ?? (value === undefined ? 'is required' : null),
    reason: reasonProblem,
    currency: currencyProblem,
  })
  if (!read.ok) return read
  const { idempotencyKey } = read.value
  const fields = read.value.fields as ValidFields
  return ok({
    fromUserId: fields.from_user_id,
    toUserId: fields.to_user_id,
    currency: fields.currency ?? DEFAULT_CURRENCY,
    amount: fields.amount,
    reason: fields.reason.trim(),
    idempotencyKey,
  })
}
