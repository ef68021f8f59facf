import { type Customer, isSameCustomer } from '../../core/customers/customer.ts'
import type { DrawnUnits, GiveBackWorld } from '../../core/wallet/give-back.ts'
import type { Hold } from '../../core/wallet/hold.ts'
import { DEFAULT_POLICY } from '../../core/wallet/policy.ts'
import type { RecordedChange } from '../customers/record-change.ts'
import type { Ctx, Tx } from '../ports.ts'
import type { OpenWallets } from './open-wallets.ts'

/** The units that a hold drew, with their lots. After a merge these are in the ledger of the one who was merged away. */
export async function heldUnits(tx: Tx, customer: Customer, hold: Hold): Promise<DrawnUnits[]> {
  const first = await tx.wallet.findTransaction(customer.projectId, hold.transactionId)
  if (first === null) throw new Error('broken invariant: a hold has the transaction that set its units aside')
  const isHere = isSameCustomer(first.owner, customer)
  return first.changes.flatMap(({ draws }) => draws.map(({ lot, amount }) => ({ lot, amount, isHere })))
}

/** What the rules of giving back need. */
export function releaseWorld(ctx: Ctx): GiveBackWorld {
  return { now: ctx.clock.now(), nextLotId: () => ctx.ids.next('lot'), policy: DEFAULT_POLICY }
}

/** How a change by a hold is recorded. */
export function holdChange(ctx: Ctx, open: OpenWallets): RecordedChange {
  const currencies = [...open.currencies]
  return { kinds: ['usage'], cause: 'hold', currencies, events: open.events, now: ctx.clock.now() }
}
