import type { ConfiguredCurrency } from '../../core/catalog/currency.ts'
import { ok, type Result } from '../../core/lib/result.ts'
import { type CurrencyPolicy, DEFAULT_CURRENCY_POLICY } from '../../core/wallet/policy.ts'
import type { Ctx } from '../ports.ts'
import { changeCatalog } from './change-catalog.ts'
import { type CurrencyMissing, findCurrencyNow } from './find-currency-now.ts'

export type CurrencyPolicySet = Omit<ConfiguredCurrency, 'policy'> & { policy: CurrencyPolicy }

/** Changes what a project decided about one of its currencies. What is left out stays; it counts for later changes only. */
export function setCurrencyPolicy(
  ctx: Ctx,
  { projectId, code, change }: { projectId: string; code: string; change: Partial<CurrencyPolicy> },
): Promise<Result<CurrencyPolicySet, CurrencyMissing>> {
  return changeCatalog<CurrencyPolicySet, CurrencyMissing>(ctx, projectId, async (tx) => {
    const found = await findCurrencyNow(tx.catalog, projectId, code)
    if (!found.ok) return found
    const policy = { ...DEFAULT_CURRENCY_POLICY, ...found.value.policy, ...change }
    await tx.currencyPolicies.set(projectId, code, policy)
    return ok({ ...found.value, policy })
  })
}
