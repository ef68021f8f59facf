import { ok, type Result, refuse } from '../lib/result.ts'
import type { WalletChange } from './wallet.ts'

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

/** A hold after something was done with it, and what that does to the wallet. */
export type HoldChange = { hold: Hold; change: WalletChange }

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
