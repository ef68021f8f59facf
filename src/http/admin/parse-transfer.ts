import { ok, type Result, refuse } from '../../core/lib/result.ts'
import { chosenKey } from './chosen-key.ts'
import { currencyProblem, headerProblem, keyProblem, reasonProblem } from './field-problems.ts'
import { DEFAULT_CURRENCY } from './parse-adjust.ts'
import { amountProblem } from './parse-hold.ts'
import { userIdProblem } from './parse-user-id.ts'
import { isFields, problemsOf } from './read-fields.ts'

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

export type TransferFault =
  /** Each problem names its field first. */
  { code: 'fields_invalid'; problems: readonly string[] } | { code: 'idempotency_key_mismatch' }

type ValidFields = {
  from_user_id: string
  to_user_id: string
  amount: number
  reason: string
  currency?: string
  idempotency_key?: string
}

/** Reads a request that gives units of one user to another. Never throws, whatever the body is. */
export function parseTransfer(
  body: unknown,
  headerKey: string | undefined,
  { maxAdjust }: { maxAdjust: number },
): Result<TransferRequest, TransferFault> {
  if (!isFields(body)) return refuse({ code: 'fields_invalid', problems: ['body: must be a JSON object'] })
  const problems = problemsOf(body, {
    from_user_id: userIdProblem,
    to_user_id: userIdProblem,
    amount: (value) => amountProblem(value, maxAdjust) ?? (value === undefined ? 'is required' : null),
    reason: reasonProblem,
    currency: currencyProblem,
    idempotency_key: keyProblem,
  })
  const header = headerProblem(headerKey)
  if (header !== null) problems.push(`Idempotency-Key: ${header}`)
  if (problems.length > 0) return refuse({ code: 'fields_invalid', problems })
  const fields = body as ValidFields
  const key = chosenKey(headerKey, fields.idempotency_key)
  if (!key.ok) return key
  return ok({
    fromUserId: fields.from_user_id,
    toUserId: fields.to_user_id,
    currency: fields.currency ?? DEFAULT_CURRENCY,
    amount: fields.amount,
    reason: fields.reason.trim(),
    idempotencyKey: key.value,
  })
}
