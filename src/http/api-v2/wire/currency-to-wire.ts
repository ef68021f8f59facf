import type { ProductGrant } from '../../../core/catalog/catalog.ts'
import type { ConfiguredCurrency } from '../../../core/catalog/currency.ts'
import type { ProductGrantInput, ProductGrantWire, VirtualCurrency } from './virtual-currency.ts'

/** RevenueCat REST API v2, virtual currency. */
export function currencyToWire(projectId: string, currency: ConfiguredCurrency): VirtualCurrency {
  const { code, name, description, createdAt, archivedAt, grants } = currency
  return {
    object: 'virtual_currency',
    project_id: projectId,
    code,
    name,
    created_at: createdAt,
    description,
    product_grants: grantsToWire(grants),
    state: archivedAt === null ? 'active' : 'inactive',
  }
}

/** Products that follow each other and get the same are one grant, as they were written. */
export function grantsToWire(grants: readonly ProductGrant[]): ProductGrantWire[] {
  const rows: ProductGrantWire[] = []
  for (const { productId, amount, trialAmount, expireAtCycleEnd } of grants) {
    const last = rows.at(-1)
    const isSame =
      last?.amount === amount && last.trial_amount === trialAmount && last.expire_at_cycle_end === expireAtCycleEnd
    if (isSame) last.product_ids.push(productId)
    else
      rows.push({
        object: 'virtual_currency.product_grant',
        product_ids: [productId],
        amount,
        trial_amount: trialAmount,
        expire_at_cycle_end: expireAtCycleEnd,
      })
  }
  return rows
}

/** One grant for each product that is named, in the order of the names. */
export function grantsFromWire(rows: readonly ProductGrantInput[] | null | undefined): ProductGrant[] {
  return (rows ?? []).flatMap(({ product_ids: productIds, amount, trial_amount, expire_at_cycle_end }) =>
    productIds.map((productId) => ({
      productId,
      amount,
      trialAmount: trial_amount ?? 0,
      expireAtCycleEnd: expire_at_cycle_end ?? false,
    })),
  )
}
