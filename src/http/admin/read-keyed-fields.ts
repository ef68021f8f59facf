import { ok, type Result, refuse } from '../../core/lib/result.ts'
import { headerProblem, keyProblem } from './field-problems.ts'
import { type FieldCheck, type Fields, isFields, problemsOf } from './read-fields.ts'

export type KeyedFault =
  /** Each problem names its field first: "amount: must be a whole number". */
  { code: 'fields_invalid'; problems: readonly string[] } | { code: 'idempotency_key_mismatch' }

/**
 * Reads the body of a write. Never throws, whatever the body is. All faulty fields are named at once. The idempotency key
 * may come in the header, in the field `idempotency_key`, or in both alike; null when in neither.
 */
export function readKeyedFields(
  body: unknown,
  headerKey: string | undefined,
  checks: Readonly<Record<string, FieldCheck>>,
): Result<{ fields: Fields; idempotencyKey: string | null }, KeyedFault> {
  if (!isFields(body)) return refuse({ code: 'fields_invalid', problems: ['body: must be a JSON object'] })
  const problems = problemsOf(body, { ...checks, idempotency_key: keyProblem })
  const header = headerProblem(headerKey)
  if (header !== null) problems.push(`Idempotency-Key: ${header}`)
  if (problems.length > 0) return refuse({ code: 'fields_invalid', problems })
  const bodyKey = body.idempotency_key as string | undefined
  if (headerKey !== undefined && (bodyKey ?? headerKey) !== headerKey) {
    return refuse({ code: 'idempotency_key_mismatch' })
  }
  return ok({ fields: body, idempotencyKey: bodyKey ?? headerKey ?? null })
}
