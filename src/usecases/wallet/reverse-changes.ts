import { isSameCustomer } from '../../core/customers/customer.ts'
import { ok, type Result } from '../../core/lib/result.ts'
import type { DeductRefusal } from '../../core/wallet/deduct.ts'
import type { GrantRefusal } from '../../core/wallet/grant.ts'
import { hasLapsed } from '../../core/wallet/lapse.ts'
import { DEFAULT_POLICY } from '../../core/wallet/policy.ts'
import { type RecordedChange, type Reversal, reverse } from '../../core/wallet/reverse.ts'
import type { Lot, WalletChange } from '../../core/wallet/wallet.ts'
import type { Ctx, RecordedTransaction, Tx } from '../ports.ts'
import { type OpenWallets, walletIn } from './open-wallets.ts'

export type ReversalRules = {
  /** What undoing may do, by currency. */
  of: (currency: string) => Pick<Reversal, 'shortage' | 'aboveCap' | 'share'>
  /** Whether a currency in which it is refused leaves the others alone, or lets all of it fail. */
  isEachAlone: boolean
}

/**
 * Decides what undoing a transaction does to the opened wallets of the customer who now has its units. Currencies in
 * which there is nothing to do are left out.
 */
export async function reverseChanges(
  tx: Tx,
  ctx: Ctx,
  open: OpenWallets,
  original: RecordedTransaction,
  rules: ReversalRules,
): Promise<Result<WalletChange[], DeductRefusal | GrantRefusal>> {
  const before = original.reversesTransactionId
  const grant = before === null ? null : await tx.wallet.findTransaction(open.customer.projectId, before)
  const world = { now: ctx.clock.now(), nextLotId: () => ctx.ids.next('lot'), policy: DEFAULT_POLICY }
  const changes: WalletChange[] = []
  for (const recorded of original.changes) {
    const { currency } = recorded
    const reversal: Reversal = {
      ...rules.of(currency),
      isHere: isSameCustomer(original.owner, open.customer),
      paidSinceAs: lotOf(grant, currency),
      lapsed: await lapsedOf(tx, open, original, recorded, world.now),
    }
    const change = reverse(walletIn(open, currency), recorded, reversal, world)
    if (!change.ok && !rules.isEachAlone) return change
    if (change.ok && change.value !== null) changes.push(change.value)
  }
  return ok(changes)
}

/** Nothing lapses of lots that have no end, or whose end is to come: then nobody needs to look. */
async function lapsedOf(
  tx: Tx,
  { customer }: OpenWallets,
  { owner }: RecordedTransaction,
  { newLots }: RecordedChange,
  now: number,
): Promise<number> {
  const over = newLots.filter((lot) => hasLapsed(lot, now)).map(({ lotId }) => lotId)
  if (over.length === 0) return 0
  return tx.wallet.lapsedOf(isSameCustomer(owner, customer) ? [customer] : [owner, customer], over)
}

/** The lot that a grant made in a currency, when the transaction to be undone had taken that grant back. */
function lotOf(grant: RecordedTransaction | null, currency: string): Lot | null {
  return grant?.changes.find((change) => change.currency === currency)?.newLots[0] ?? null
}
