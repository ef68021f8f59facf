import type { ConfiguredCurrency } from '../../core/catalog/currency.ts'
import { ok, type Result, refuse } from '../../core/lib/result.ts'
import type { CatalogReads } from '../ports/catalog.ts'

export type CurrencyMissing = { code: 'currency_unknown'; currency: string }

/** One currency as it is now, archived or not; outside of a transaction or inside. */
export async function findCurrencyNow(
  catalog: Pick<CatalogReads, 'currencies'>,
  projectId: string,
  code: string,
): Promise<Result<ConfiguredCurrency, CurrencyMissing>> {
  const found = (await catalog.currencies(projectId)).find((currency) => currency.code === code)
  return found === undefined ? refuse({ code: 'currency_unknown', currency: code }) : ok(found)
}
