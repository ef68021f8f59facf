import type { GrantOrder } from '../../core/purchases/grants-of.ts'
import type { Purchase } from '../../core/purchases/purchase.ts'
import { grantUpToCap } from '../../core/wallet/grant.ts'
import { BY_RULE } from '../../core/wallet/ledger-transaction.ts'
import { DEFAULT_POLICY } from '../../core/wallet/policy.ts'
import type { Ctx, Tx } from '../ports.ts'
import { type OpenWallets, postLedger, walletIn } from '../wallet/open-wallets.ts'

/** Units that charges of a purchase give. */
type GrantDecision = { purchase: Purchase; grants: readonly GrantOrder[] }

/** One ledger transaction per store transaction, each granting every currency that the product feeds. */
export async function grantUnits(tx: Tx, ctx: Ctx, open: OpenWallets, decision: GrantDecision): Promise<void> {
  const charges = Map.groupBy(decision.grants, (order) => order.storeTransactionId)
  for (const [storeTransactionId, orders] of charges) {
    await grantCharge(tx, ctx, open, { purchase: decision.purchase, storeTransactionId, orders })
  }
}

async function grantCharge(
  tx: Tx,
  ctx: Ctx,
  open: OpenWallets,
  charge: { purchase: Purchase; storeTransactionId: string; orders: readonly GrantOrder[] },
): Promise<void> {
  const { purchaseId } = charge.purchase
  const changes = charge.orders.map(({ currency, amount, expiresAt }) =>
    grantUpToCap(
      walletIn(open, currency),
      {
        lotId: ctx.ids.next('lot'),
        amount,
        from: 'issued_by_purchase',
        source: 'purchase',
        purchaseId,
        expiresAt,
        createdAt: ctx.clock.now(),
      },
      DEFAULT_POLICY,
    ),
  )
  const { storeTransactionId } = charge
  const facts = { ...BY_RULE, kind: 'purchase_grant' as const, changes, purchaseId, storeTransactionId }
  await postLedger(tx, ctx, open, facts, 'in_app_purchase')
}
