import { ok, type Result } from '../../core/lib/result.ts'
import type { DebtPolicy } from '../../core/wallet/policy.ts'
import { reasonProblem } from './field-problems.ts'
import { type KeyedFault, readKeyedFields } from './read-keyed-fields.ts'

export const SHORTAGES = ['block', 'clamp', 'debt'] as const satisfies readonly DebtPolicy[]

/** A correction that is well formed. Whether it is possible is not known yet. */
export type ReverseRequest = {
  /** Without surrounding blanks. */
  reason: string
  shortage: DebtPolicy
  idempotencyKey: string | null
}

type ValidFields = { reason: string; shortage?: DebtPolicy }

/** Reads a request that undoes a transaction. Never throws, whatever the body is. */
export function parseReverse(body: unknown, headerKey: string | undefined): Result<ReverseRequest, KeyedFault> {
  const read = readKeyedFields(body, headerKey, {
    reason: reasonProblem,
    shortage: shortageProblem,
  })
  if (!read.ok) return read
  const { idempotencyKey } = read.value
  const fields = read.value.fields as ValidFields
  return ok({
    reason: fields.reason.trim(),
    shortage: fields.shortage ?? 'block',
    idempotencyKey,
  })
}

function shortageProblem(value: unknown): string | null {
  const isKnown = value === undefined || SHORTAGES.some((shortage) => shortage === value)
  return isKnown ? null : `must be one of ${SHORTAGES.join(', ')}`
}
