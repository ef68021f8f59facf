import { findCurrency } from '../../core/catalog/catalog.ts'
import { ConflictError } from '../../core/lib/conflict-error.ts'
import { ok, type Result, refuse } from '../../core/lib/result.ts'
import type { LimitExceeded, MovedUnits } from '../../core/operators/operator-limits.ts'
import { captureHold } from '../../core/wallet/capture-hold.ts'
import type { DeductRefusal } from '../../core/wallet/deduct.ts'
import { type Hold, type HoldClosed, heldOf, judgeHold } from '../../core/wallet/hold.ts'
import { BY_RULE } from '../../core/wallet/ledger-transaction.ts'
import { boundsOf, type WalletPolicy } from '../../core/wallet/policy.ts'
import { releaseHold } from '../../core/wallet/release-hold.ts'
import type { WalletChange } from '../../core/wallet/wallet.ts'
import { lockSurvivor } from '../customers/lock-survivor.ts'
import { recordChange } from '../customers/record-change.ts'
import { doOnce, type KeyRefusal, type OnceOrder } from '../idempotency.ts'
import type { Admit } from '../operators/admission.ts'
import type { Ctx, Tx } from '../ports.ts'
import { heldUnits, holdChange, releaseWorld } from './held-units.ts'
import { HOLD_LIFE_MAX_MS } from './hold-limits.ts'
import type { HoldAnswer, HoldOutcome } from './hold-outcome.ts'
import { type OpenWallets, openWallets, postLedger, walletIn } from './open-wallets.ts'

/** What is done with a hold that is open. */
export type HoldOrder =
  /** Uses units, all that are kept when `amount` is null; the rest is released unless `keepOpen`. */
  | { kind: 'capture'; amount: number | null; keepOpen: boolean }
  | { kind: 'void' }
  /** Keeps the units for as long from now on. */
  | { kind: 'extend'; lifeMs: number }

export type ChangeHoldInput = {
  projectId: string
  holdId: string
  order: HoldOrder
  /** Why; null leaves the reason of the hold. */
  reason: string | null
  idempotencyKey: string | null
  /** Whose keys they are; an operator's when left out. */
  keyScope?: string
  actor: string
  requestId: string
  /** Judges whether whoever asks may take so many units beyond those that are held. */
  admit?: Admit | null
}

export type ChangeHoldRefusal =
  | DeductRefusal
  | LimitExceeded
  | HoldClosed
  | KeyRefusal
  | { code: 'hold_not_found' }
  | { code: 'hold_too_long'; maximumMs: number }

/** Captures, releases or extends a hold. One whose time is up is over, whether the worker has been there yet or not. */
export async function changeHold(ctx: Ctx, input: ChangeHoldInput): Promise<Result<HoldOutcome, ChangeHoldRefusal>> {
  const catalog = await ctx.read.catalog.ofProject(input.projectId)
  return ctx.transaction<HoldOutcome, ChangeHoldRefusal>(async (tx) => {
    const owner = await tx.holds.ownerOf(input.projectId, input.holdId)
    const customer = owner === null ? null : await lockSurvivor(tx, owner)
    let revision = customer?.revision ?? 0
    const done = await doOnce<HoldAnswer, ChangeHoldRefusal>(tx, ctx, onceOrder(input), async (keep) => {
      if (customer === null) return refuse({ code: 'hold_not_found' })
      const hold = await tx.holds.get(customer, input.holdId)
      if (hold === null) throw new ConflictError('a hold changed hands while it was changed')
      const judged = judgeHold(hold, ctx.clock.now())
      if (!judged.ok) return judged
      const open = await openWallets(tx, ctx, customer)
      const next = await decide(tx, ctx, open, hold, {
        ...input.order,
        policy: boundsOf(findCurrency(catalog, hold.currency)?.policy),
      })
      if (!next.ok) return next
      const admitted = await input.admit?.(tx, takenBeyond(open, next.value))
      if (admitted?.ok === false) return admitted
      const saved = await save(tx, ctx, { open, input, ...next.value, keep })
      revision = saved.revision
      return ok(saved.answer)
    })
    return done.ok ? ok({ ...done.value, revision }) : done
  })
}

type Decided = { hold: Hold; change: WalletChange | null }

async function decide(
  tx: Tx,
  ctx: Ctx,
  open: OpenWallets,
  hold: Hold,
  order: HoldOrder & { policy: WalletPolicy },
): Promise<Result<Decided, ChangeHoldRefusal>> {
  const now = ctx.clock.now()
  if (order.kind === 'extend') {
    const expiresAt = now + order.lifeMs
    if (expiresAt > hold.createdAt + HOLD_LIFE_MAX_MS) {
      return refuse({ code: 'hold_too_long', maximumMs: HOLD_LIFE_MAX_MS })
    }
    return ok({ hold: { ...hold, expiresAt }, change: null })
  }
  const [wallet, drawn, world] = [
    walletIn(open, hold.currency),
    await heldUnits(tx, open.customer, hold),
    { ...releaseWorld(ctx), policy: order.policy },
  ]
  if (order.kind === 'void') return ok(releaseHold(wallet, hold, drawn, 'voided', world))
  const { keepOpen } = order
  return captureHold(wallet, hold, drawn, { amount: order.amount ?? heldOf(hold), keepOpen }, world)
}

/** What a capture takes out of the balance on top of what was set aside. */
function takenBeyond(open: OpenWallets, { hold: { currency }, change }: Decided): MovedUnits[] {
  const { balance } = walletIn(open, currency)
  return [{ currency, units: Math.max(0, balance - (change?.balanceAfter ?? balance)) }]
}

type Change = Decided & {
  open: OpenWallets
  input: ChangeHoldInput
  keep: (answer: HoldAnswer) => Promise<void>
}

async function save(
  tx: Tx,
  ctx: Ctx,
  { open, input, hold, change, keep }: Change,
): Promise<{ answer: HoldAnswer; revision: number }> {
  const { customer } = open
  const wallet = walletIn(open, hold.currency)
  const transactionId = change === null ? hold.transactionId : ctx.ids.next('walletTransaction')
  const balance = change?.balanceAfter ?? wallet.balance
  const answer = { hold, userId: customer.originalAppUserId, balance, transactionId }
  const kind = input.order.kind === 'capture' ? ('hold_capture' as const) : ('hold_release' as const)
  const facts = {
    ...BY_RULE,
    kind,
    reason: input.reason ?? hold.reason,
    actor: input.actor,
    requestId: input.requestId,
    operationId: hold.holdId,
  }
  // What only turns kept units into used ones changes no balance.
  const told = balance === wallet.balance ? null : 'admin_api'
  const posted = change && postLedger(tx, ctx, open, { ...facts, transactionId, changes: [change] }, told)
  const isSeen = open.currencies.size > 0
  const [, , , changed] = await Promise.all([
    keep(answer),
    posted,
    tx.holds.save(customer, hold),
    isSeen ? recordChange(tx, customer, holdChange(ctx, open)) : customer,
  ])
  return { answer, revision: changed.revision }
}

function onceOrder({ projectId, idempotencyKey, keyScope, holdId, order, reason }: ChangeHoldInput): OnceOrder {
  const scope = `${keyScope ?? 'admin.credits'}.${order.kind}`
  const key = idempotencyKey === null ? null : { projectId, scope, key: idempotencyKey }
  return { key, fingerprint: JSON.stringify([holdId, order, reason]) }
}
