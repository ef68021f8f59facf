import type { Customer } from '../../core/customers/customer.ts'
import { ok, type Result, refuse } from '../../core/lib/result.ts'
import type { DeductRefusal } from '../../core/wallet/deduct.ts'
import { deduct } from '../../core/wallet/deduct.ts'
import type { Hold } from '../../core/wallet/hold.ts'
import { BY_RULE } from '../../core/wallet/ledger-transaction.ts'
import type { WalletPolicy } from '../../core/wallet/policy.ts'
import type { WalletChange } from '../../core/wallet/wallet.ts'
import { recordChange } from '../customers/record-change.ts'
import type { Ctx, GroupTx } from '../ports.ts'
import { OPEN_HOLDS_MAX } from './hold-limits.ts'
import type { HoldAnswer } from './hold-outcome.ts'
import { type OpenWallets, openWallets, postLedger, walletIn } from './open-wallets.ts'

/** What is set aside, for how long, and by whom. */
export type HoldWish = {
  userId: string
  currency: string
  amount: number
  reason: string
  lifeMs: number
  actor: string
  requestId: string
}

export type HoldPossible = { open: OpenWallets; change: WalletChange }
export type HoldImpossible = DeductRefusal | { code: 'too_many_holds'; maximum: number }

/** Decides whether a locked customer's units can be set aside, and writes nothing yet but what lapsed. */
export async function tryHold(
  tx: GroupTx,
  ctx: Ctx,
  customer: Customer,
  wish: Pick<HoldWish, 'currency' | 'amount'>,
  policy: WalletPolicy,
): Promise<Result<HoldPossible, HoldImpossible>> {
  const held = await tx.holds.ofCustomer(customer, { isOpen: true, limit: OPEN_HOLDS_MAX })
  if (held.length >= OPEN_HOLDS_MAX) return refuse({ code: 'too_many_holds', maximum: OPEN_HOLDS_MAX })
  const open = await openWallets(tx, ctx, customer)
  const change = deduct(walletIn(open, wish.currency), { amount: wish.amount, to: 'held' }, policy)
  return change.ok ? ok({ open, change: change.value }) : change
}

/** Writes a hold that is possible, with its entry in the ledger, and keeps the answer under the request's key. */
export async function placeHold(
  tx: GroupTx,
  ctx: Ctx,
  { open, change }: HoldPossible,
  wish: HoldWish,
  keep: (answer: HoldAnswer) => Promise<void>,
): Promise<{ answer: HoldAnswer; revision: number }> {
  const now = ctx.clock.now()
  const { currency, amount, reason, actor, requestId } = wish
  const transactionId = ctx.ids.next('walletTransaction')
  const hold: Hold = {
    holdId: ctx.ids.next('hold'),
    currency,
    status: 'open',
    authorised: amount,
    captured: 0,
    reason,
    actor,
    transactionId,
    expiresAt: now + wish.lifeMs,
    createdAt: now,
    closedAt: null,
  }
  const answer = { hold, userId: wish.userId, balance: change.balanceAfter, transactionId }
  const caused = { ...BY_RULE, reason, actor, requestId, operationId: hold.holdId }
  const facts = { ...caused, transactionId, kind: 'hold' as const, changes: [change] }
  const [, , , changed] = await Promise.all([
    keep(answer),
    postLedger(tx, ctx, open, facts, 'admin_api'),
    tx.holds.save(open.customer, hold),
    recordChange(tx, open.customer, {
      kinds: ['usage'],
      cause: 'hold',
      currencies: [...open.currencies],
      events: open.events,
      now,
    }),
  ])
  return { answer, revision: changed.revision }
}
