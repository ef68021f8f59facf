import { ok, type Result, refuse } from '../../core/lib/result.ts'
import type { Ctx } from '../ports.ts'
import { changeCatalog } from './change-catalog.ts'
import { type CurrencyMissing, findCurrencyNow } from './find-currency-now.ts'

export type DeleteCurrencyRefusal =
  | CurrencyMissing
  /** Somebody has or had units of it, which the ledger could no longer name. It can be archived. */
  | { code: 'currency_in_use'; currency: string }

/** Deletes a currency that no customer ever had units of, with its grants. Answers when it was done. */
export function deleteCurrency(
  ctx: Ctx,
  { projectId, code }: { projectId: string; code: string },
): Promise<Result<{ deletedAt: number }, DeleteCurrencyRefusal>> {
  return changeCatalog<{ deletedAt: number }, DeleteCurrencyRefusal>(ctx, projectId, async (tx) => {
    const found = await findCurrencyNow(tx.catalog, projectId, code)
    if (!found.ok) return found
    if (await tx.catalog.isCurrencyUsed(projectId, code)) return refuse({ code: 'currency_in_use', currency: code })
    await tx.catalog.deleteCurrency(projectId, code)
    return ok({ deletedAt: ctx.clock.now() })
  })
}
