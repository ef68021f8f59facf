import type { ProductGrant } from '../../core/catalog/catalog.ts'
import type { GrantsRefusal } from '../../core/catalog/check-grants.ts'
import type { ConfiguredCurrency } from '../../core/catalog/currency.ts'
import { ok, type Result } from '../../core/lib/result.ts'
import type { Ctx } from '../ports.ts'
import { changeCatalog } from './change-catalog.ts'
import { type CurrencyMissing, findCurrencyNow } from './find-currency-now.ts'
import { judgeGrants } from './judge-grants.ts'

/** What is left out stays as it is. Grants are the whole new list. */
export type CurrencyUpdate = { name?: string; description?: string | null; grants?: readonly ProductGrant[] }

export type UpdateCurrencyRefusal = GrantsRefusal | CurrencyMissing

/** Changes what a currency is called and what feeds it. New amounts count for later charges only. */
export function updateCurrency(
  ctx: Ctx,
  { projectId, code, update }: { projectId: string; code: string; update: CurrencyUpdate },
): Promise<Result<ConfiguredCurrency, UpdateCurrencyRefusal>> {
  return changeCatalog<ConfiguredCurrency, UpdateCurrencyRefusal>(ctx, projectId, async (tx) => {
    const found = await findCurrencyNow(tx.catalog, projectId, code)
    if (!found.ok) return found
    const next = { ...found.value, ...update }
    if (update.grants !== undefined) {
      const judged = await judgeGrants(tx, projectId, update.grants)
      if (!judged.ok) return judged
      await tx.catalog.replaceGrants(projectId, code, update.grants)
    }
    await tx.catalog.updateCurrency(projectId, next)
    return ok(next)
  })
}
