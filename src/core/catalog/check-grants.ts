import { ok, type Result, refuse } from '../lib/result.ts'
import type { ProductGrant, ProductType } from './catalog.ts'

export type GrantsRefusal =
  | { code: 'product_unknown'; productId: string }
  | { code: 'product_granted_twice'; productId: string }
  /** Units of a one-time purchase were paid for and have no cycle whose end could take them away. */
  | { code: 'one_time_grant_expires'; productId: string }

/**
 * Judges everything that feeds one currency. `types` has the products of the project; a product that it lacks is
 * unknown, whoever else may have it.
 */
export function checkGrants(
  grants: readonly ProductGrant[],
  types: ReadonlyMap<string, ProductType>,
): Result<null, GrantsRefusal> {
  const seen = new Set<string>()
  for (const { productId, expireAtCycleEnd } of grants) {
    const type = types.get(productId)
    if (type === undefined) return refuse({ code: 'product_unknown', productId })
    if (seen.has(productId)) return refuse({ code: 'product_granted_twice', productId })
    if (expireAtCycleEnd && type !== 'subscription') return refuse({ code: 'one_time_grant_expires', productId })
    seen.add(productId)
  }
  return ok(null)
}
