import { ok, type Result, refuse } from '../../core/lib/result.ts'

/** The idempotency key of a request that may give it in the header, in the body, or in both alike; null when in neither. */
export function chosenKey(
  headerKey: string | undefined,
  bodyKey: string | undefined,
): Result<string | null, { code: 'idempotency_key_mismatch' }> {
  if (headerKey !== undefined && (bodyKey ?? headerKey) !== headerKey) {
    return refuse({ code: 'idempotency_key_mismatch' })
  }
  return ok(bodyKey ?? headerKey ?? null)
}
