import { mergeAttributes } from '../../core/customers/attributes.ts'
import type { Customer } from '../../core/customers/customer.ts'
import type { DomainEvent } from '../../core/events/event.ts'
import { heldOf } from '../../core/wallet/hold.ts'
import { BY_RULE, type LedgerKind } from '../../core/wallet/ledger-transaction.ts'
import { mergeWallets } from '../../core/wallet/merge-wallets.ts'
import { DEFAULT_POLICY } from '../../core/wallet/policy.ts'
import type { WalletChange } from '../../core/wallet/wallet.ts'
import type { Ctx, Tx } from '../ports.ts'
import { type OwnershipReason, recordOwnership } from '../purchases/record-ownership.ts'
import { inheritCreditsCap } from '../usage/inherit-credits-cap.ts'
import { OPEN_HOLDS_READ_MAX } from '../wallet/hold-limits.ts'
import { type OpenWallets, openWallets, postLedger, walletIn } from '../wallet/open-wallets.ts'
import { recordChange } from './record-change.ts'

/** Why purchases change hands when a person logs in. */
const BY_LOG_IN: OwnershipReason = { cause: 'merged', appUserId: null, appId: null, rule: null }

/**
 * Makes two locked customers one. `kept` goes on and takes over the names, the purchases, the grants, the newer attributes, the
 * units, the usage, the devices and the published messages of `absorbed`, whose row stays behind only to point the way.
 * The earlier of the two first contacts counts, and the higher of the two revisions: apps of either side must never see
 * their revision fall.
 */
export async function mergeCustomers(
  tx: Tx,
  ctx: Ctx,
  kept: Customer,
  absorbed: Customer,
  reason: OwnershipReason = BY_LOG_IN,
  alsoTold: readonly DomainEvent[] = [],
): Promise<Customer> {
  const now = ctx.clock.now()
  const elder = absorbed.firstSeenAt < kept.firstSeenAt ? absorbed : kept
  const aliases = await tx.customers.aliases(absorbed)
  await tx.customers.moveAliases(absorbed, kept)
  for (const purchase of await tx.purchases.ofCustomer(absorbed)) {
    await tx.purchases.move(purchase, absorbed, kept)
    await recordOwnership(tx, ctx, purchase.purchaseId, { owner: kept, from: absorbed, reason })
  }
  await inheritRestoreBehavior(tx, absorbed, kept)
  await tx.entitlementGrants.move(absorbed, kept)
  const [keptAttributes, absorbedAttributes] = [
    await tx.customers.attributes(kept),
    await tx.customers.attributes(absorbed),
  ]
  await tx.customers.setAttributes(kept, mergeAttributes(keptAttributes, absorbedAttributes))
  const { currencies, events } = await mergeBalances(tx, ctx, kept, absorbed)
  await tx.usage.moveCounters(absorbed, kept)
  await inheritCreditsCap(tx, absorbed, kept)
  const revision = Math.max(kept.revision, absorbed.revision)
  await tx.devices.move(absorbed, kept)
  await tx.customerCenters.moveTickets(absorbed, kept)
  await tx.redemptions.move(absorbed, kept)
  await inheritChoices(tx, absorbed, kept)
  const messages = await tx.published.move(absorbed, kept, revision + 1)
  await tx.customers.update({ ...absorbed, mergedIntoId: kept.customerId, revision: absorbed.revision + 1 })
  return recordChange(
    tx,
    {
      ...kept,
      originalAppUserId: elder.originalAppUserId,
      firstSeenAt: elder.firstSeenAt,
      lastSeenAt: Math.max(kept.lastSeenAt, absorbed.lastSeenAt),
      revision,
    },
    {
      kinds: messages > 0 ? ['usage', 'entitlements', 'profile', 'custom'] : ['usage', 'entitlements', 'profile'],
      cause: 'merge',
      currencies: [...currencies],
      absorbedCustomerId: absorbed.customerId,
      now,
      events: [
        ...events,
        {
          type: 'CUSTOMER_MERGED',
          data: { absorbedCustomerId: absorbed.customerId, appUserIds: aliases.map((alias) => alias.appUserId) },
        },
        ...alsoTold,
      ],
    },
  )
}

/** What was set for purchases of either counts for all of them; the one who goes on has the say. */
async function inheritRestoreBehavior(tx: Tx, absorbed: Customer, kept: Customer): Promise<void> {
  const own = await tx.ownership.restoreBehavior(kept)
  const theirs = await tx.ownership.restoreBehavior(absorbed)
  if (own === null && theirs !== null) await tx.ownership.setRestoreBehavior(kept, theirs)
}

/** The offering that was chosen for either, and the country of their store; the one who goes on has the say. */
async function inheritChoices(tx: Tx, absorbed: Customer, kept: Customer): Promise<void> {
  const { offeringOverrideId = null, country = null } = absorbed
  if (offeringOverrideId !== null && (kept.offeringOverrideId ?? null) === null) {
    await tx.customers.setOfferingOverride(kept, offeringOverrideId)
  }
  if (country !== null && (kept.country ?? null) === null) await tx.customers.setCountry(kept, country)
}

/** Moves all units by a linked pair of ledger transactions. */
async function mergeBalances(tx: Tx, ctx: Ctx, kept: Customer, absorbed: Customer): Promise<OpenWallets> {
  const leaving = await openWallets(tx, ctx, absorbed)
  const arriving = await openWallets(tx, ctx, kept)
  const held = await moveHolds(tx, absorbed, kept)
  const nextLotId = () => ctx.ids.next('lot')
  const moves = [...leaving.wallets.values()].flatMap((wallet) => {
    const target = walletIn(arriving, wallet.currency)
    return mergeWallets(wallet, target, DEFAULT_POLICY, nextLotId, held.get(wallet.currency)) ?? []
  })
  // What the absorbed customer's units did before the merge is told of the one who goes on.
  arriving.events.unshift(...leaving.events)
  if (moves.length === 0) return arriving
  const post = (open: OpenWallets, kind: LedgerKind, changes: WalletChange[]) =>
    postLedger(tx, ctx, open, { ...BY_RULE, kind, changes }, null)
  await post(
    leaving,
    'merge_out',
    moves.map((move) => move.leave),
  )
  await post(
    arriving,
    'merge_in',
    moves.map((move) => move.arrive),
  )
  return arriving
}

/** Gives the holds to the one who goes on. Answers how many units of each currency the open ones keep. */
async function moveHolds(tx: Tx, absorbed: Customer, kept: Customer): Promise<Map<string, number>> {
  const open = await tx.holds.ofCustomer(absorbed, { isOpen: true, limit: OPEN_HOLDS_READ_MAX })
  await tx.holds.move(absorbed, kept)
  const held = new Map<string, number>()
  for (const hold of open) held.set(hold.currency, (held.get(hold.currency) ?? 0) + heldOf(hold))
  return held
}
