import type { DebtPolicy } from '../../src/core/wallet/policy.ts'
import type { StoreAction, TesterAction } from '../../src/usecases/ports/stores.ts'
import type { ChangeOperation } from '../../src/usecases/wallet/change-balances.ts'
import type { HoldOrder } from '../../src/usecases/wallet/change-hold.ts'

/** What the store says next about a purchase. */
export type StoreWord = 'refunded' | 'third_refunded' | 'refund_withdrawn' | 'renewal_off'

/** Work that nobody asks for, as the job loop does it. */
export type JobName =
  | 'lapse_lots'
  | 'expire_holds'
  | 'refresh_purchases'
  | 'forget_answers'
  | 'expire_grants'
  | 'relay_events'

/**
 * Something that exists only when the request is first sent, such as an open hold: a number from 0 to 1 says which of
 * those that there are then. The choice stays with the request, so that a repeat means the same one.
 */
export type Target = { place: number; chosen: string | null }

/** What a client wants. `user` is an app user id. */
export type Wish =
  | { kind: 'adjust'; user: string; currency: string; amount: number }
  | { kind: 'change'; user: string; operation: ChangeOperation; amounts: Readonly<Record<string, number>> }
  | { kind: 'authorise'; user: string; currency: string; amount: number; lifeMs: number }
  | { kind: 'hold_order'; hold: Target; order: HoldOrder }
  | { kind: 'reverse'; transaction: Target; shortage: DebtPolicy }
  | { kind: 'consume'; user: string; action: string; quantity: number }
  | { kind: 'buy'; user: string; product: string; token: Target }
  | { kind: 'store_word'; purchase: Target; word: StoreWord }
  | { kind: 'store_action'; charge: Target; action: StoreAction | TesterAction }
  | { kind: 'grant'; user: string; lifeMs: number }
  | { kind: 'revoke' | 'delete'; user: string }
  | { kind: 'identify' | 'alias'; from: string; to: string }
  | { kind: 'job'; job: JobName }
  | { kind: 'advance'; byMs: number }

/**
 * A wish, and the key under which it is to be done once. Requests with the same key and another id are rivals: another
 * input under the same key.
 */
export type Request = { id: string; key: string | null; wish: Wish }

/** Whether asking again does no harm, so that a client who heard nothing may. */
export function isRepeatable({ key, wish }: Request): boolean {
  return key !== null || !['adjust', 'change', 'authorise', 'hold_order', 'consume'].includes(wish.kind)
}
