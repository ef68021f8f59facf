import type { Customer } from '../../core/customers/customer.ts'
import { ok, type Result, refuse } from '../../core/lib/result.ts'
import { BY_RULE } from '../../core/wallet/ledger-transaction.ts'
import { releaseHold } from '../../core/wallet/release-hold.ts'
import { writeOff } from '../../core/wallet/write-off.ts'
import type { Ctx, Tx } from '../ports.ts'
import { heldUnits, releaseWorld } from '../wallet/held-units.ts'
import { OPEN_HOLDS_READ_MAX } from '../wallet/hold-limits.ts'
import { openWallets, postLedger, walletIn } from '../wallet/open-wallets.ts'

export type DeleteCustomerInput = {
  projectId: string
  appUserId: string
  /** Who asked: a secret key, or the command line. */
  by: string
}

export type DeleteCustomerRefusal = { code: 'customer_unknown' }

/** What the ledger says of the units that a deleted customer had. */
const WRITTEN_OFF = 'the customer was deleted'

/**
 * Deletes the person behind an app user id, in one transaction: there is no half of it, whenever a process dies. What can
 * still be spent is written off, so that nothing of the ledger is due any more; its entries stay without a name. The names
 * are free at once: whoever uses one is new, and receipts can be posted by anybody. REST API v1, DELETE customer.
 */
export async function deleteCustomer(
  ctx: Ctx,
  { projectId, appUserId, by }: DeleteCustomerInput,
): Promise<Result<null, DeleteCustomerRefusal>> {
  return ctx.transaction<null, DeleteCustomerRefusal>(async (tx) => {
    const customer = await tx.customers.lockByAppUserId(projectId, appUserId)
    if (customer === null) return refuse({ code: 'customer_unknown' })
    await eraseCustomer(tx, ctx, customer, by)
    return ok(null)
  })
}

/** Sessions of the customer hear of it as of a revocation, and end. */
async function eraseCustomer(tx: Tx, ctx: Ctx, customer: Customer, by: string): Promise<void> {
  await endHolds(tx, ctx, customer, by)
  await writeOffUnits(tx, ctx, customer, by)
  const now = ctx.clock.now()
  await tx.erasure.erase(customer, now)
  const { projectId, customerId } = customer
  const what = { kinds: [], cause: 'revocation', currency: null, absorbedCustomerId: null } as const
  await tx.events.append(
    customer,
    { ...what, projectId, customerId, revision: customer.revision + 1, occurredAt: now },
    [],
  )
}

async function endHolds(tx: Tx, ctx: Ctx, customer: Customer, by: string): Promise<void> {
  for (const hold of await tx.holds.ofCustomer(customer, { isOpen: true, limit: OPEN_HOLDS_READ_MAX })) {
    // Opened for each: units that come back into a lot that was empty are seen only when it is read again.
    const open = await openWallets(tx, ctx, customer)
    const drawn = await heldUnits(tx, customer, hold)
    const released = releaseHold(walletIn(open, hold.currency), hold, drawn, 'voided', releaseWorld(ctx))
    const facts = { ...BY_RULE, kind: 'hold_release' as const, operationId: hold.holdId, changes: [released.change] }
    await postLedger(tx, ctx, open, { ...facts, reason: WRITTEN_OFF, actor: by }, null)
    await tx.holds.save(customer, released.hold)
  }
}

async function writeOffUnits(tx: Tx, ctx: Ctx, customer: Customer, by: string): Promise<void> {
  const open = await openWallets(tx, ctx, customer)
  const changes = [...open.wallets.values()].flatMap((wallet) => writeOff(wallet) ?? [])
  if (changes.length === 0) return
  await postLedger(tx, ctx, open, { ...BY_RULE, kind: 'erase', changes, reason: WRITTEN_OFF, actor: by }, null)
}
