import type { CurrencyPolicy } from '../../src/core/wallet/policy.ts'
import { setCurrencyPolicy } from '../../src/usecases/catalog/set-currency-policy.ts'
import type { Ctx } from '../../src/usecases/ports.ts'

/** Decides something about the demo's currency, as an operator does; fails the test when there is none. */
export async function decideCurrency(ctx: Ctx, projectId: string, change: Partial<CurrencyPolicy>): Promise<void> {
  const set = await setCurrencyPolicy(ctx, { projectId, code: 'CRD', change })
  if (!set.ok) throw new Error(`there is no currency ${set.refusal.currency}`)
}
