import { mergeAttributes } from '../../core/customers/attributes.ts'
import type { Customer } from '../../core/customers/customer.ts'
import { type LedgerKind, ledgerTransaction } from '../../core/wallet/ledger-transaction.ts'
import { mergeWallets } from '../../core/wallet/merge-wallets.ts'
import { DEFAULT_POLICY } from '../../core/wallet/policy.ts'
import type { WalletChange } from '../../core/wallet/wallet.ts'
import type { Ctx, Tx } from '../ports.ts'
import { recordChange } from './record-change.ts'

/**
 * Makes two locked customers one. `kept` goes on and takes over the names, the purchases, the newer attributes and the
 * units of `absorbed`, whose row stays behind only to point the way. The earlier of the two first contacts counts, and
 * the higher of the two revisions: apps of either side must never see their revision fall.
 */
export async function mergeCustomers(tx: Tx, ctx: Ctx, kept: Customer, absorbed: Customer): Promise<Customer> {
  const now = ctx.clock.now()
  const elder = absorbed.firstSeenAt < kept.firstSeenAt ? absorbed : kept
  const aliases = await tx.customers.aliases(absorbed)
  await tx.customers.moveAliases(absorbed, kept)
  for (const purchase of await tx.purchases.ofCustomer(absorbed)) await tx.purchases.move(purchase, absorbed, kept)
  const [keptAttributes, absorbedAttributes] = [
    await tx.customers.attributes(kept),
    await tx.customers.attributes(absorbed),
  ]
  await tx.customers.setAttributes(kept, mergeAttributes(keptAttributes, absorbedAttributes))
  const currencies = await mergeBalances(tx, ctx, kept, absorbed)
  await tx.customers.update({ ...absorbed, mergedIntoId: kept.customerId, revision: absorbed.revision + 1 })
  return recordChange(
    tx,
    {
      ...kept,
      originalAppUserId: elder.originalAppUserId,
      firstSeenAt: elder.firstSeenAt,
      lastSeenAt: Math.max(kept.lastSeenAt, absorbed.lastSeenAt),
      revision: Math.max(kept.revision, absorbed.revision),
    },
    {
      kinds: ['usage', 'entitlements', 'profile'],
      cause: 'merge',
      currencies,
      absorbedCustomerId: absorbed.customerId,
      now,
      events: [
        {
          type: 'CUSTOMER_MERGED',
          data: { absorbedCustomerId: absorbed.customerId, appUserIds: aliases.map((alias) => alias.appUserId) },
        },
      ],
    },
  )
}

/** Moves all units by a linked pair of ledger transactions. Answers the currencies that moved. */
async function mergeBalances(tx: Tx, ctx: Ctx, kept: Customer, absorbed: Customer): Promise<string[]> {
  const leaving = await tx.wallet.loadAll(absorbed)
  const arriving = await tx.wallet.load(
    kept,
    leaving.map((wallet) => wallet.currency),
  )
  const moves = leaving.flatMap((wallet) => {
    const target = arriving.get(wallet.currency) ?? { currency: wallet.currency, balance: 0, lots: [] }
    const move = mergeWallets(wallet, target, DEFAULT_POLICY, () => ctx.ids.next('lot'))
    return move === null ? [] : [move]
  })
  if (moves.length === 0) return []
  const append = (ref: Customer, kind: LedgerKind, changes: WalletChange[]) =>
    tx.wallet.append(
      ref,
      ledgerTransaction({
        transactionId: ctx.ids.next('walletTransaction'),
        kind,
        changes,
        reason: null,
        actor: 'system',
        requestId: null,
        purchaseId: null,
        storeTransactionId: null,
        createdAt: ctx.clock.now(),
      }),
    )
  await append(
    absorbed,
    'merge_out',
    moves.map((move) => move.leave),
  )
  await append(
    kept,
    'merge_in',
    moves.map((move) => move.arrive),
  )
  return moves.map((move) => move.leave.currency)
}
