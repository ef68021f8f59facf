import type { ProductGrant } from '../../core/catalog/catalog.ts'
import { checkGrants, type GrantsRefusal } from '../../core/catalog/check-grants.ts'
import type { Result } from '../../core/lib/result.ts'
import type { Tx } from '../ports.ts'

/** Judges grants against the products that the project has now. */
export async function judgeGrants(
  tx: Tx,
  projectId: string,
  grants: readonly ProductGrant[],
): Promise<Result<null, GrantsRefusal>> {
  const productIds = [...new Set(grants.map(({ productId }) => productId))]
  return checkGrants(grants, await tx.catalog.productTypes(projectId, productIds))
}
