import type { Customer } from '../../core/customers/customer.ts'
import type { ChangeCause, ChangeKind, DomainEvent } from '../../core/events/event.ts'
import type { PurchaseDecision } from '../../core/purchases/decide-purchase.ts'
import { decideTimeline, type TimelineInput } from '../../core/purchases/decide-timeline.ts'
import type { Purchase } from '../../core/purchases/purchase.ts'
import type { Ctx, Tx } from '../ports.ts'
import { openWallets } from '../wallet/open-wallets.ts'
import { grantUnits } from './grant-units.ts'
import { settleRefunds } from './settle-refund.ts'

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
  input: Omit<TimelineInput, 'purchaseId'> & { purchaseId?: string },
): Promise<SavedPurchase> {
  const decision = decideTimeline({ ...input, purchaseId: input.purchaseId ?? ctx.ids.next('purchase') })
  await tx.purchases.save(customer, decision.purchase, decision)
  const { grants, refunds } = decision
  const movesUnits = grants.length > 0 || refunds.length > 0
  const open = movesUnits ? await openWallets(tx, ctx, customer, 'lapsed') : null
  if (open !== null) {
    await grantUnits(tx, ctx, open, decision)
    await settleRefunds(tx, ctx, open, decision.purchase, refunds)
  }
  const currencies = [...(open?.currencies ?? [])]
  return {
    purchase: decision.purchase,
    events: [...decision.events, ...(open?.events ?? [])],
    currencies,
    kinds: currencies.length > 0 ? ['entitlements', 'usage'] : ['entitlements'],
    cause: causeOf(input.current, decision),
  }
}

function causeOf(current: Purchase | null, { newTransactions, refunds }: PurchaseDecision): ChangeCause {
  if (newTransactions.length === 0) return refunds.length === 0 ? 'expiration' : 'refund'
  return current === null ? 'purchase' : 'renewal'
}
