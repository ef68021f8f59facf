import { ok, type Result, refuse } from '../../core/lib/result.ts'
import type { DebtPolicy } from '../../core/wallet/policy.ts'
import { chosenKey } from './chosen-key.ts'
import { headerProblem, keyProblem, reasonProblem } from './field-problems.ts'
import { isFields, problemsOf } from './read-fields.ts'

export const SHORTAGES = ['block', 'clamp', 'debt'] as const satisfies readonly DebtPolicy[]

/** A correction that is well formed. Whether it is possible is not known yet. */
export type ReverseRequest = {
  /** Without surrounding blanks. */
  reason: string
  shortage: DebtPolicy
  idempotencyKey: string | null
}

export type ReverseFault =
  /** Each problem names its field first. */
  { code: 'fields_invalid'; problems: readonly string[] } | { code: 'idempotency_key_mismatch' }

type ValidFields = { reason: string; shortage?: DebtPolicy; idempotency_key?: string }

/** Reads a request that undoes a transaction. Never throws, whatever the body is. */
export function parseReverse(body: unknown, headerKey: string | undefined): Result<ReverseRequest, ReverseFault> {
  if (!isFields(body)) return refuse({ code: 'fields_invalid', problems: ['body: must be a JSON object'] })
  const problems = problemsOf(body, {
    reason: reasonProblem,
    shortage: shortageProblem,
    idempotency_key: keyProblem,
  })
  const header = headerProblem(headerKey)
  if (header !== null) problems.push(`Idempotency-Key: ${header}`)
  if (problems.length > 0) return refuse({ code: 'fields_invalid', problems })
  const fields = body as ValidFields
  const key = chosenKey(headerKey, fields.idempotency_key)
  if (!key.ok) return key
  return ok({
    reason: fields.reason.trim(),
    shortage: fields.shortage ?? 'block',
    idempotencyKey: key.value,
  })
}

function shortageProblem(value: unknown): string | null {
  const isKnown = value === undefined || SHORTAGES.some((shortage) => shortage === value)
  return isKnown ? null : `must be one of ${SHORTAGES.join(', ')}`
}
