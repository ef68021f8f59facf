import { ok, type Result, refuse } from '../../core/lib/result.ts'
import type { LimitExceeded, MovedUnits } from '../../core/operators/operator-limits.ts'
import type { DeductRefusal } from '../../core/wallet/deduct.ts'
import type { GrantRefusal } from '../../core/wallet/grant.ts'
import { BY_RULE } from '../../core/wallet/ledger-transaction.ts'
import type { DebtPolicy } from '../../core/wallet/policy.ts'
import { isReversible } from '../../core/wallet/reverse.ts'
import type { WalletChange } from '../../core/wallet/wallet.ts'
import { lockSurvivor } from '../customers/lock-survivor.ts'
import { recordChange } from '../customers/record-change.ts'
import { doOnce, type KeyRefusal, type OnceOrder } from '../idempotency.ts'
import type { Admit } from '../operators/admission.ts'
import type { Ctx, RecordedTransaction, Tx } from '../ports.ts'
import { type OpenWallets, openWallets, postLedger, walletIn } from './open-wallets.ts'
import { reverseCaptured } from './reverse-captured.ts'
import { reverseChanges } from './reverse-changes.ts'

export type ReverseInput = {
  projectId: string
  transactionId: string
  reason: string
  /** What happens when units that a grant gave were spent. */
  shortage: DebtPolicy
  /** Null when the caller gave none. The transaction is undone at most once all the same. */
  idempotencyKey: string | null
  actor: string
  requestId: string
  /** Judges whether whoever asks may move so many units. */
  admit?: Admit | null
}

/** What was done. Stored under the idempotency key, so a replay answers exactly this. */
export type Reversed = {
  transactionId: string
  reversesTransactionId: string
  userId: string
  reason: string
  /** By how much each balance changed, and what it was then. */
  changes: Array<{ currency: string; amount: number; balance: number }>
  createdAt: number
}

export type ReverseOutcome = { reversed: Reversed; replayed: boolean; revision: number }

export type ReverseRefusal =
  | DeductRefusal
  | GrantRefusal
  | LimitExceeded
  | KeyRefusal
  | { code: 'transaction_not_found' }
  | { code: 'already_reversed'; by: string }
  | { code: 'not_reversible'; kind: string }

const SCOPE = 'admin.credits.reverse'

/**
 * Undoes a ledger transaction by another one that names it: at most once, and in all its currencies or none. What was
 * taken goes back into its lots, what was granted is taken back. The transaction itself never changes.
 */
export async function reverseTransaction(
  ctx: Ctx,
  input: ReverseInput,
): Promise<Result<ReverseOutcome, ReverseRefusal>> {
  return ctx.transaction<ReverseOutcome, ReverseRefusal>(async (tx) => {
    const original = await tx.wallet.findTransaction(input.projectId, input.transactionId)
    const customer = original === null ? null : await lockSurvivor(tx, original.owner)
    let revision = customer?.revision ?? 0
    const done = await doOnce<Reversed, ReverseRefusal>(tx, ctx, onceOrder(input), async (keep) => {
      if (original === null || customer === null) return refuse({ code: 'transaction_not_found' })
      if (!isReversible(original.kind)) return refuse({ code: 'not_reversible', kind: original.kind })
      const [by] = await tx.wallet.standingReversals(original.transactionId)
      if (by !== undefined) return refuse({ code: 'already_reversed', by })
      const open = await openWallets(tx, ctx, customer)
      const changes = await decide(tx, ctx, open, original, input.shortage)
      if (!changes.ok) return changes
      if (changes.value.length === 0) return refuse(nothingToTake(open, original))
      const admitted = await input.admit?.(tx, movedBy(open, changes.value))
      if (admitted?.ok === false) return admitted
      const saved = await save(tx, ctx, { open, input, original, changes: changes.value, keep })
      revision = saved.revision
      return ok(saved.reversed)
    })
    return done.ok ? ok({ reversed: done.value.answer, replayed: done.value.replayed, revision }) : done
  })
}

function movedBy(open: OpenWallets, changes: readonly WalletChange[]): MovedUnits[] {
  return changes.map(({ currency, balanceAfter }) => ({
    currency,
    units: Math.abs(balanceAfter - walletIn(open, currency).balance),
  }))
}

function decide(tx: Tx, ctx: Ctx, open: OpenWallets, original: RecordedTransaction, shortage: DebtPolicy) {
  if (original.kind === 'hold_capture') return reverseCaptured(tx, ctx, open, original)
  const reversal = { shortage, aboveCap: 'refuse', share: { part: 1, whole: 1 } } as const
  return reverseChanges(tx, ctx, open, original, { of: () => reversal, isEachAlone: false })
}

type Change = {
  open: OpenWallets
  input: ReverseInput
  original: RecordedTransaction
  changes: readonly WalletChange[]
  keep: (answer: Reversed) => Promise<void>
}

async function save(
  tx: Tx,
  ctx: Ctx,
  { open, input, original, changes, keep }: Change,
): Promise<{ reversed: Reversed; revision: number }> {
  const createdAt = ctx.clock.now()
  const { reason, actor, requestId } = input
  const reversed: Reversed = {
    transactionId: ctx.ids.next('walletTransaction'),
    reversesTransactionId: original.transactionId,
    userId: open.customer.originalAppUserId,
    reason,
    changes: changes.map(({ currency, balanceAfter }) => ({
      currency,
      amount: balanceAfter - walletIn(open, currency).balance,
      balance: balanceAfter,
    })),
    createdAt,
  }
  const { transactionId, reversesTransactionId } = reversed
  const facts = { ...BY_RULE, transactionId, reversesTransactionId, changes, reason, actor, requestId }
  const [, , changed] = await Promise.all([
    keep(reversed),
    postLedger(tx, ctx, open, { ...facts, kind: 'reversal' }, 'admin_api'),
    recordChange(tx, open.customer, {
      kinds: ['usage'],
      cause: 'reversal',
      currencies: [...open.currencies],
      events: open.events,
      now: createdAt,
    }),
  ])
  return { reversed, revision: changed.revision }
}

/** With `clamp` an empty balance leaves nothing to write down, and a reversal that does nothing must not look done. */
function nothingToTake(open: OpenWallets, original: RecordedTransaction): DeductRefusal {
  const currency = original.changes[0]?.currency ?? ''
  return { code: 'insufficient_balance', currency, balance: walletIn(open, currency).balance, requested: 1 }
}

function onceOrder({ projectId, idempotencyKey, transactionId, reason, shortage }: ReverseInput): OnceOrder {
  const key = idempotencyKey === null ? null : { projectId, scope: SCOPE, key: idempotencyKey }
  return { key, fingerprint: JSON.stringify([transactionId, reason, shortage]) }
}
