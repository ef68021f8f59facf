import { ok, type Result, refuse } from '../lib/result.ts'
import { type DeductRefusal, deduct } from './deduct.ts'
import { type DrawnUnits, type GiveBackWorld, giveBack } from './give-back.ts'
import { postingsOf } from './postings-of.ts'
import { spendOrder } from './spend-order.ts'
import type { Wallet, WalletChange } from './wallet.ts'

export type HoldStatus = 'open' | 'captured' | 'voided' | 'expired'

/** Units that are set aside: out of the balance at once, and somebody's only when they are captured. */
export type Hold = {
  holdId: string
  currency: string
  status: HoldStatus
  authorised: number
  /** Used of it so far; may be more than was set aside. */
  captured: number
  reason: string
  actor: string
  /** The transaction that set the units aside, which says out of which lots. */
  transactionId: string
  expiresAt: number
  createdAt: number
  closedAt: number | null
}

export type HoldClosed = { code: 'hold_closed'; status: HoldStatus } | { code: 'hold_expired' }

/** Units that the hold keeps now. */
export function heldOf(hold: Hold): number {
  return hold.status === 'open' ? hold.authorised - hold.captured : 0
}

/** Whether something can still be done with a hold. One whose time is up is over, booked as such or not. */
export function judgeHold(hold: Hold, now: number): Result<null, HoldClosed> {
  if (hold.status === 'expired') return refuse({ code: 'hold_expired' })
  if (hold.status !== 'open') return refuse({ code: 'hold_closed', status: hold.status })
  return hold.expiresAt <= now ? refuse({ code: 'hold_expired' }) : ok(null)
}

export type HoldChange = { hold: Hold; change: WalletChange }

/**
 * Uses units of an open hold. The rest is released into its lots, unless the hold is kept open. More than the hold keeps
 * is taken out of the balance, all of it or nothing; the hold is used up then.
 */
export function captureHold(
  wallet: Wallet,
  hold: Hold,
  drawn: readonly DrawnUnits[],
  order: { amount: number; keepOpen: boolean },
  world: GiveBackWorld,
): Result<HoldChange, DeductRefusal> {
  const held = heldOf(hold)
  const fromHold = Math.min(held, order.amount)
  const captured = hold.captured + order.amount
  const isOpen = order.keepOpen && order.amount < held
  const spent = postingsOf(hold.currency, { held: -fromHold, spent: fromHold })
  const after: Hold = isOpen ? { ...hold, captured } : { ...hold, captured, status: 'captured', closedAt: world.now }
  if (order.amount > held) {
    const more = deduct(wallet, { amount: order.amount - held, to: 'spent' }, world.policy)
    if (!more.ok) return more
    return ok({ hold: after, change: { ...more.value, postings: [...spent, ...more.value.postings] } })
  }
  const rest = isOpen ? unchanged(wallet) : release(wallet, held - order.amount, unitsAfter(drawn, captured), world)
  return ok({ hold: after, change: { ...rest, postings: [...spent, ...rest.postings] } })
}

/** Ends an open hold without using what it still keeps: the units go back into their lots, and lapse if those are over. */
export function releaseHold(
  wallet: Wallet,
  hold: Hold,
  drawn: readonly DrawnUnits[],
  status: 'voided' | 'expired',
  world: GiveBackWorld,
): HoldChange {
  const change = release(wallet, heldOf(hold), unitsAfter(drawn, hold.captured), world)
  return { hold: { ...hold, status, closedAt: world.now }, change }
}

function release(wallet: Wallet, amount: number, drawn: readonly DrawnUnits[], world: GiveBackWorld): WalletChange {
  if (amount === 0) return unchanged(wallet)
  const order = { from: { held: amount }, drawn, owed: 0, paidSinceAs: null, aboveCap: 'post' as const }
  const change = giveBack(wallet, order, world)
  if (!change.ok) throw new Error('broken invariant: a release is not refused')
  return change.value
}

function unchanged({ currency, balance, owed }: Wallet): WalletChange {
  return { currency, postings: [], newLots: [], draws: [], balanceAfter: balance, owedAfter: owed }
}

/** What is left of units that are used in spending order, after some were. */
function unitsAfter(drawn: readonly DrawnUnits[], used: number): DrawnUnits[] {
  const order = spendOrder(drawn.map(({ lot }) => lot))
  const sorted = [...drawn].sort((one, other) => order.indexOf(one.lot) - order.indexOf(other.lot))
  let left = used
  return sorted.flatMap((units) => {
    const taken = Math.min(left, units.amount)
    left -= taken
    return taken < units.amount ? [{ ...units, amount: units.amount - taken }] : []
  })
}
