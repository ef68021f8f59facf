import { isSameCustomer } from '../../core/customers/customer.ts'
import type { RefundOrder } from '../../core/purchases/decide-refund.ts'
import type { Purchase } from '../../core/purchases/purchase.ts'
import { BY_RULE } from '../../core/wallet/ledger-transaction.ts'
import { lockSurvivor } from '../customers/lock-survivor.ts'
import { recordChange } from '../customers/record-change.ts'
import type { Ctx, RecordedTransaction, Tx } from '../ports.ts'
import { type OpenWallets, openWallets, postLedger } from '../wallet/open-wallets.ts'
import { type ReversalRules, reverseChanges } from '../wallet/reverse-changes.ts'

/**
 * Settles refunds one after the other. `open` takes down what was done. The wallets are opened anew for each: units that
 * come back into a lot that was empty are seen only when it is read again.
 */
export async function settleRefunds(
  tx: Tx,
  ctx: Ctx,
  open: OpenWallets,
  purchase: Purchase,
  refunds: readonly RefundOrder[],
): Promise<void> {
  for (const refund of refunds) {
    const anew = await openWallets(tx, ctx, open.customer)
    await settleRefund(tx, ctx, anew, purchase, refund)
    open.events.push(...anew.events)
    for (const currency of anew.currencies) open.currencies.add(currency)
  }
}

/**
 * Takes back what a refunded charge granted, or gives it back when the refund was withdrawn. The units are those of the
 * customer who got them, whoever has the purchase now. That one is locked out of the usual order, which may end in a
 * deadlock; the database reports it, and the transaction is begun again.
 */
async function settleRefund(
  tx: Tx,
  ctx: Ctx,
  open: OpenWallets,
  purchase: Purchase,
  refund: RefundOrder,
): Promise<void> {
  const { projectId } = open.customer
  const { storeTransactionId } = refund
  const kind = refund.kind === 'take_back' ? 'purchase_grant' : 'refund'
  const charge = { projectId, purchaseId: purchase.purchaseId, storeTransactionId }
  const policies = await tx.wallet.debtPolicies(projectId)
  const rules: ReversalRules = {
    of: (currency) => ({ shortage: policies.get(currency) ?? 'clamp', aboveCap: 'post', share: refund.share }),
    isEachAlone: true,
  }
  for (const original of await tx.wallet.ofCharge(charge, [kind])) {
    await settle(tx, ctx, open, original, rules)
  }
}

async function settle(
  tx: Tx,
  ctx: Ctx,
  open: OpenWallets,
  original: RecordedTransaction,
  rules: ReversalRules,
): Promise<void> {
  const holder = isSameCustomer(original.owner, open.customer) ? open.customer : await lockSurvivor(tx, original.owner)
  // Who had the units was deleted, and what was left of them was written off.
  if (holder === null) return
  // Only now can nobody else undo it.
  if ((await tx.wallet.standingReversals(original.transactionId)).length > 0) return
  const isOther = !isSameCustomer(holder, open.customer)
  const wallets = isOther ? await openWallets(tx, ctx, holder) : open
  const changes = await reverseChanges(tx, ctx, wallets, original, rules)
  if (changes.ok && changes.value.length > 0) await post(tx, ctx, wallets, original, changes.value)
  if (!isOther || wallets.currencies.size === 0) return
  await recordChange(tx, holder, {
    kinds: ['usage'],
    cause: 'refund',
    currencies: [...wallets.currencies],
    events: wallets.events,
    now: ctx.clock.now(),
  })
}

async function post(
  tx: Tx,
  ctx: Ctx,
  wallets: OpenWallets,
  original: RecordedTransaction,
  changes: Parameters<typeof postLedger>[3]['changes'],
): Promise<void> {
  const { purchaseId, storeTransactionId, transactionId: reversesTransactionId } = original
  const kind = original.kind === 'refund' ? ('refund_reversal' as const) : ('refund' as const)
  const facts = { ...BY_RULE, kind, purchaseId, storeTransactionId, reversesTransactionId, changes }
  await postLedger(tx, ctx, wallets, facts, 'in_app_purchase')
}
