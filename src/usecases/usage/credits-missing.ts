import { type Catalog, findCurrency } from '../../core/catalog/catalog.ts'
import { boundsOf } from '../../core/wallet/policy.ts'

/** There are too few credits in the wallet for what was asked. `status` is how the project wants to say it. */
export type CreditsMissing = {
  code: 'credits_missing'
  currency: string
  required: number
  /** What the wallet could give: its balance without what has to stay in it. */
  remaining: number
  status: 402 | 429
}

/** Says what is missing of `required` units in a wallet with a balance. */
export function creditsMissing(
  catalog: Catalog,
  { currency, balance, required }: { currency: string; balance: number; required: number },
  status: 402 | 429,
): CreditsMissing {
  const { floor } = boundsOf(findCurrency(catalog, currency)?.policy)
  return { code: 'credits_missing', currency, required, remaining: Math.max(0, balance - floor), status }
}
