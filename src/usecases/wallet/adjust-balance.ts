import { findCurrency } from '../../core/catalog/catalog.ts'
import { ok, type Result, refuse } from '../../core/lib/result.ts'
import { type DeductRefusal, deduct } from '../../core/wallet/deduct.ts'
import { type GrantRefusal, grant } from '../../core/wallet/grant.ts'
import { BY_RULE } from '../../core/wallet/ledger-transaction.ts'
import { DEFAULT_POLICY } from '../../core/wallet/policy.ts'
import type { Wallet, WalletChange } from '../../core/wallet/wallet.ts'
import { recordChange } from '../customers/record-change.ts'
import { doOnce, type KeyRefusal, type OnceOrder } from '../idempotency.ts'
import type { GroupSubject, GroupTx } from '../ports/group-commit.ts'
import type { Ctx, LotsNeeded } from '../ports.ts'
import { type OpenWallets, openWallets, postLedger, walletIn } from './open-wallets.ts'

export type AdjustInput = {
  projectId: string
  userId: string
  currency: string
  /** Signed whole number of units, not zero: positive grants, negative deducts. */
  amount: number
  reason: string
  /** Null when the caller gave none; then every request is a change of its own. */
  idempotencyKey: string | null
  actor: string
  requestId: string
}

/** What was done. Stored under the idempotency key, so a replay answers exactly this. */
export type Adjusted = {
  userId: string
  currency: string
  amount: number
  balance: number
  reason: string
  transactionId: string
  createdAt: number
}

export type AdjustOutcome = { adjusted: Adjusted; replayed: boolean; revision: number }

export type AdjustRefusal =
  | DeductRefusal
  | GrantRefusal
  | { code: 'customer_not_found' }
  | { code: 'currency_unknown'; currency: string }
  | KeyRefusal

/** Whose key a change was made with: an operator's key covers the whole project, whoever the customer is. */
const SCOPE = 'admin.credits.adjust'

/**
 * Grants or deducts units by hand. The idempotency key is looked at before anything else can refuse, so a change that
 * was made is answered the same way for ever. Units, audit row, key and event are one transaction.
 */
export async function adjustBalance(ctx: Ctx, input: AdjustInput): Promise<Result<AdjustOutcome, AdjustRefusal>> {
  const catalog = await ctx.read.catalog.ofProject(input.projectId)
  return ctx.groupedTransaction<AdjustOutcome, AdjustRefusal>(subjectOf(input), async (tx) => {
    const customer = await tx.customers.lockByAppUserId(input.projectId, input.userId)
    let revision = customer?.revision ?? 0
    const done = await doOnce<Adjusted, AdjustRefusal>(tx, ctx, onceOrder(input), async (keep) => {
      if (findCurrency(catalog, input.currency) === null) {
        return refuse({ code: 'currency_unknown', currency: input.currency })
      }
      if (customer === null) return refuse({ code: 'customer_not_found' })
      const open = await openWallets(tx, ctx, customer, lotsFor(input))
      const change = decideChange(ctx, input, walletIn(open, input.currency))
      if (!change.ok) return change
      const saved = await save(tx, ctx, { open, input, change: change.value, keep })
      revision = saved.revision
      return ok(saved.adjusted)
    })
    return done.ok ? ok({ adjusted: done.value.answer, replayed: done.value.replayed, revision }) : done
  })
}

function decideChange(
  ctx: Ctx,
  input: AdjustInput,
  wallet: Wallet,
): Result<WalletChange, DeductRefusal | GrantRefusal> {
  if (input.amount < 0) return deduct(wallet, { amount: -input.amount, to: 'issued_by_operator' }, DEFAULT_POLICY)
  return grant(
    wallet,
    {
      lotId: ctx.ids.next('lot'),
      amount: input.amount,
      from: 'issued_by_operator',
      source: 'operator',
      purchaseId: null,
      expiresAt: null,
      createdAt: ctx.clock.now(),
    },
    DEFAULT_POLICY,
  )
}

type Change = { open: OpenWallets; input: AdjustInput; change: WalletChange; keep: (answer: Adjusted) => Promise<void> }

async function save(
  tx: GroupTx,
  ctx: Ctx,
  { open, input, change, keep }: Change,
): Promise<{ adjusted: Adjusted; revision: number }> {
  const createdAt = ctx.clock.now()
  const transactionId = ctx.ids.next('walletTransaction')
  const { userId, currency, amount, reason, actor, requestId } = input
  const adjusted = { userId, currency, amount, balance: change.balanceAfter, reason, transactionId, createdAt }
  const facts = {
    ...BY_RULE,
    transactionId,
    kind: 'admin_adjust' as const,
    changes: [change],
    reason,
    actor,
    requestId,
  }
  const [, , changed] = await Promise.all([
    keep(adjusted),
    postLedger(tx, ctx, open, facts, 'admin_api'),
    recordChange(tx, open.customer, {
      kinds: ['usage'],
      cause: 'admin_adjust',
      currencies: [...open.currencies],
      events: open.events,
      now: createdAt,
    }),
  ])
  return { adjusted, revision: changed.revision }
}

function subjectOf(input: AdjustInput): GroupSubject {
  const { projectId, userId: appUserId } = input
  return { projectId, appUserId, key: onceOrder(input).key, lots: lotsFor(input) }
}

function lotsFor({ amount }: AdjustInput): LotsNeeded {
  return amount > 0 ? 'lapsed' : 'all'
}

function onceOrder({ projectId, idempotencyKey, userId, currency, amount, reason }: AdjustInput): OnceOrder {
  const key = idempotencyKey === null ? null : { projectId, scope: SCOPE, key: idempotencyKey }
  return { key, fingerprint: JSON.stringify([userId, currency, amount, reason]) }
}
