import { findCurrency } from '../../core/catalog/catalog.ts'
import { ok, type Result, refuse } from '../../core/lib/result.ts'
import { type DeductRefusal, deduct } from '../../core/wallet/deduct.ts'
import type { Hold } from '../../core/wallet/hold.ts'
import { BY_RULE } from '../../core/wallet/ledger-transaction.ts'
import { DEFAULT_POLICY } from '../../core/wallet/policy.ts'
import type { WalletChange } from '../../core/wallet/wallet.ts'
import { recordChange } from '../customers/record-change.ts'
import { doOnce, type KeyRefusal, type OnceOrder } from '../idempotency.ts'
import type { GroupSubject, GroupTx } from '../ports/group-commit.ts'
import type { Ctx } from '../ports.ts'
import { OPEN_HOLDS_MAX } from './hold-limits.ts'
import type { HoldAnswer, HoldOutcome } from './hold-outcome.ts'
import { type OpenWallets, openWallets, postLedger, walletIn } from './open-wallets.ts'

export type AuthoriseInput = {
  projectId: string
  userId: string
  currency: string
  /** A positive whole number of units. */
  amount: number
  reason: string
  /** How long the units are kept when nobody captures, releases or extends the hold. */
  lifeMs: number
  idempotencyKey: string | null
  actor: string
  requestId: string
}

export type AuthoriseRefusal =
  | DeductRefusal
  | KeyRefusal
  | { code: 'customer_not_found' }
  | { code: 'currency_unknown'; currency: string }
  | { code: 'too_many_holds'; maximum: number }

const SCOPE = 'admin.credits.hold'

/** Sets units aside. They are out of the balance at once, and nobody's until they are captured or released. */
export async function authoriseHold(ctx: Ctx, input: AuthoriseInput): Promise<Result<HoldOutcome, AuthoriseRefusal>> {
  const catalog = await ctx.read.catalog.ofProject(input.projectId)
  return ctx.groupedTransaction<HoldOutcome, AuthoriseRefusal>(subjectOf(input), async (tx) => {
    const customer = await tx.customers.lockByAppUserId(input.projectId, input.userId)
    let revision = customer?.revision ?? 0
    const done = await doOnce<HoldAnswer, AuthoriseRefusal>(tx, ctx, onceOrder(input), async (keep) => {
      if (findCurrency(catalog, input.currency) === null) {
        return refuse({ code: 'currency_unknown', currency: input.currency })
      }
      if (customer === null) return refuse({ code: 'customer_not_found' })
      const held = await tx.holds.ofCustomer(customer, { isOpen: true, limit: OPEN_HOLDS_MAX })
      if (held.length >= OPEN_HOLDS_MAX) return refuse({ code: 'too_many_holds', maximum: OPEN_HOLDS_MAX })
      const open = await openWallets(tx, ctx, customer)
      const change = deduct(walletIn(open, input.currency), { amount: input.amount, to: 'held' }, DEFAULT_POLICY)
      if (!change.ok) return change
      const saved = await save(tx, ctx, { open, input, change: change.value, keep })
      revision = saved.revision
      return ok(saved.answer)
    })
    return done.ok ? ok({ ...done.value, revision }) : done
  })
}

type Change = {
  open: OpenWallets
  input: AuthoriseInput
  change: WalletChange
  keep: (answer: HoldAnswer) => Promise<void>
}

async function save(
  tx: GroupTx,
  ctx: Ctx,
  { open, input, change, keep }: Change,
): Promise<{ answer: HoldAnswer; revision: number }> {
  const now = ctx.clock.now()
  const { currency, amount, reason, actor, requestId } = input
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
    expiresAt: now + input.lifeMs,
    createdAt: now,
    closedAt: null,
  }
  const answer = { hold, userId: input.userId, balance: change.balanceAfter, transactionId }
  const facts = { ...BY_RULE, transactionId, kind: 'hold' as const, changes: [change], reason, actor, requestId }
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

function subjectOf(input: AuthoriseInput): GroupSubject {
  const { projectId, userId: appUserId } = input
  return { projectId, appUserId, key: onceOrder(input).key, lots: 'all', wantsOpenHolds: true }
}

function onceOrder({ projectId, idempotencyKey, userId, currency, amount, reason, lifeMs }: AuthoriseInput): OnceOrder {
  const key = idempotencyKey === null ? null : { projectId, scope: SCOPE, key: idempotencyKey }
  return { key, fingerprint: JSON.stringify([userId, currency, amount, reason, lifeMs]) }
}
