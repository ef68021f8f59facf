import type { ConfiguredCurrency } from '../../core/catalog/currency.ts'
import { ok, type Result } from '../../core/lib/result.ts'
import type { Ctx } from '../ports.ts'
import { changeCatalog } from './change-catalog.ts'
import { type CurrencyMissing, findCurrencyNow } from './find-currency-now.ts'

/**
 * Takes a currency out of use, or back into it. Units that customers have stay theirs; an archived currency is only
 * hidden from them, and nothing changes its balances. Doing it twice is doing it once: the first time is kept.
 */
export function archiveCurrency(
  ctx: Ctx,
  { projectId, code, archived }: { projectId: string; code: string; archived: boolean },
): Promise<Result<ConfiguredCurrency, CurrencyMissing>> {
  return changeCatalog<ConfiguredCurrency, CurrencyMissing>(ctx, projectId, async (tx) => {
    const found = await findCurrencyNow(tx.catalog, projectId, code)
    if (!found.ok) return found
    const currency = { ...found.value, archivedAt: archived ? (found.value.archivedAt ?? ctx.clock.now()) : null }
    await tx.catalog.updateCurrency(projectId, currency)
    return ok(currency)
  })
}
