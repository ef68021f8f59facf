import type { Customer } from '../../core/customers/customer.ts'
import type { ChangeCause, ChangeKind, DomainEvent } from '../../core/events/event.ts'
import { decidePurchase, type GrantOrder, type PurchaseInput } from '../../core/purchases/decide-purchase.ts'
import type { Purchase } from '../../core/purchases/purchase.ts'
import { grantUpToCap } from '../../core/wallet/grant.ts'
import { ledgerTransaction } from '../../core/wallet/ledger-transaction.ts'
import { DEFAULT_POLICY } from '../../core/wallet/policy.ts'
import type { Wallet } from '../../core/wallet/wallet.ts'
import type { Ctx, Tx } from '../ports.ts'

export type SavedPurchase = {
  purchase: Purchase
  events: DomainEvent[]
  currencies: string[]
  kinds: ChangeKind[]
  cause: ChangeCause
}

/**
 * Writes what follows from a store's word about one chain of a locked customer: the purchase, its charges and the units
 * they give. The caller closes the change with `recordChange`, so that all of it is one transaction and one revision.
 */
export async function savePurchase(
  tx: Tx,
  ctx: Ctx,
  customer: Customer,
  input: Omit<PurchaseInput, 'now' | 'purchaseId'> & { purchaseId?: string },
): Promise<SavedPurchase> {
  const now = ctx.clock.now()
  const decision = decidePurchase({ ...input, now, purchaseId: input.purchaseId ?? ctx.ids.next('purchase') })
  await tx.purchases.save(customer, decision.purchase, decision.newTransactions)
  const granted = await grantUnits(tx, ctx, customer, decision.purchase, decision.grants)
  return {
    purchase: decision.purchase,
    events: [...decision.events, ...granted.events],
    currencies: granted.currencies,
    kinds: granted.currencies.length > 0 ? ['entitlements', 'usage'] : ['entitlements'],
    cause: causeOf(input.current, decision.newTransactions.length),
  }
}

function causeOf(current: Purchase | null, newCharges: number): ChangeCause {
  if (newCharges === 0) return 'expiration'
  return current === null ? 'purchase' : 'renewal'
}

/** One ledger transaction per store transaction, each granting every currency that the product feeds. */
async function grantUnits(
  tx: Tx,
  ctx: Ctx,
  customer: Customer,
  purchase: Purchase,
  orders: readonly GrantOrder[],
): Promise<{ events: DomainEvent[]; currencies: string[] }> {
  if (orders.length === 0) return { events: [], currencies: [] }
  const currencies = [...new Set(orders.map((order) => order.currency))]
  const wallets = await tx.wallet.load(customer, currencies)
  const events: DomainEvent[] = []
  for (const [storeTransactionId, group] of Map.groupBy(orders, (order) => order.storeTransactionId)) {
    events.push(await grantCharge(tx, ctx, customer, purchase, storeTransactionId, group, wallets))
  }
  return { events, currencies }
}

async function grantCharge(
  tx: Tx,
  ctx: Ctx,
  customer: Customer,
  purchase: Purchase,
  storeTransactionId: string,
  orders: readonly GrantOrder[],
  wallets: Map<string, Wallet>,
): Promise<DomainEvent> {
  const createdAt = ctx.clock.now()
  const changes = orders.map((order) => {
    const wallet = wallets.get(order.currency) ?? { currency: order.currency, balance: 0, lots: [] }
    const lot = { lotId: ctx.ids.next('lot'), source: 'purchase' as const, purchaseId: purchase.purchaseId }
    const change = grantUpToCap(
      wallet,
      { ...lot, amount: order.amount, from: 'issued_by_purchase', expiresAt: null, createdAt },
      DEFAULT_POLICY,
    )
    wallets.set(order.currency, { ...wallet, balance: change.balanceAfter })
    return change
  })
  const transactionId = ctx.ids.next('walletTransaction')
  await tx.wallet.append(
    customer,
    ledgerTransaction({
      transactionId,
      kind: 'purchase_grant',
      changes,
      reason: null,
      actor: 'system',
      requestId: null,
      purchaseId: purchase.purchaseId,
      storeTransactionId,
      createdAt,
    }),
  )
  // What reached the balance; what was above the cap is in the ledger.
  const adjustments = changes.map(({ currency, newLots }) => ({ currency, amount: newLots[0]?.granted ?? 0 }))
  return {
    type: 'VIRTUAL_CURRENCY_TRANSACTION',
    data: {
      transactionId,
      source: 'in_app_purchase',
      purchaseId: purchase.purchaseId,
      storeTransactionId,
      adjustments,
    },
  }
}
