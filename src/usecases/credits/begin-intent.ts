import { ConflictError } from '../../core/lib/conflict-error.ts'
import { ok, type Result, refuse } from '../../core/lib/result.ts'
import type { KeyRefusal } from '../idempotency.ts'
import type { Admit } from '../operators/admission.ts'
import type { CreditIntent, IntentKey } from '../ports/credit-intents.ts'
import type { UpstreamFailed } from '../ports/credits.ts'
import type { Ctx, Tx } from '../ports.ts'
import { type IntentOrder, isLeased, isSameOrder, leased, mayBeSent, newIntent } from './credit-intent.ts'

/** `isOurs`: it is for the caller to send it now. Otherwise it was applied before. */
export type Begun = { intent: CreditIntent; isOurs: boolean }

export type BeginRefusal =
  | KeyRefusal
  | UpstreamFailed
  | { code: 'intent_in_progress' }
  | { code: 'already_reversed'; by: string }

/** What is known of an order's key before anything else is looked at: null when it is free, or its intent has failed. */
export async function findEarlier(
  ctx: Pick<Ctx, 'read'>,
  order: IntentOrder,
): Promise<Result<CreditIntent | null, KeyRefusal>> {
  const intent = order.key === null ? null : await ctx.read.creditIntents.byKey(order.key)
  if (intent === null) return ok(null)
  if (!isSameOrder(intent, order)) return refuse({ code: 'idempotency_key_conflict' })
  return ok(intent.status === 'failed' ? null : intent)
}

/**
 * Writes an order down before the upstream is asked, or takes up what was written down under its key. Of parallel
 * requests exactly one gets it to send. A key whose intent has failed is free again: the next intent has an id, and so a
 * key at the upstream, of its own. `admit` judges a new intent only.
 */
export async function beginIntent<Refused = never>(
  ctx: Ctx,
  upstreamProjectId: string,
  order: IntentOrder,
  admit?: Admit<Refused>,
): Promise<Result<Begun, BeginRefusal | Refused>> {
  return ctx.transaction<Begun, BeginRefusal | Refused>(async (tx) => {
    const now = ctx.clock.now()
    const fresh = newIntent(order, { intentId: ctx.ids.next('creditIntent'), upstreamProjectId, now })
    if (order.key !== null && !(await tx.creditIntents.claimKey(order.key, fresh))) {
      const known = await lockByKey(tx, order.key)
      if (!isSameOrder(known, order)) return refuse({ code: 'idempotency_key_conflict' })
      if (known.status !== 'failed') return takeUp(tx, known, upstreamProjectId, now)
      await tx.creditIntents.repointKey(order.key, fresh)
    }
    const by = await standingReversal(tx, order)
    if (by !== null) return refuse({ code: 'already_reversed', by })
    const admitted = await admit?.(tx, [{ currency: order.currency, units: Math.abs(order.amount) }])
    if (admitted?.ok === false) return admitted
    await tx.creditIntents.insert(fresh)
    return ok({ intent: fresh, isOurs: true })
  })
}

async function takeUp(
  tx: Tx,
  known: CreditIntent,
  upstreamProjectId: string,
  now: number,
): Promise<Result<Begun, BeginRefusal>> {
  if (known.status === 'applied') return ok({ intent: known, isOurs: false })
  if (isLeased(known, now)) return refuse({ code: 'intent_in_progress' })
  if (!mayBeSent(known, upstreamProjectId, now)) {
    const { intentId, lastError } = known
    return refuse({ code: 'upstream_failed', type: lastError ?? 'unresolved', outcome: 'pending', intentId })
  }
  const intent = leased(known, now)
  await tx.creditIntents.update(intent)
  return ok({ intent, isOurs: true })
}

/** The intent that a taken key stands for. Begins anew when the key was given another one while the lock was awaited. */
async function lockByKey(tx: Tx, key: IntentKey): Promise<CreditIntent> {
  const found = await tx.creditIntents.byKey(key)
  const locked = found === null ? null : await tx.creditIntents.lock(found)
  const again = await tx.creditIntents.byKey(key)
  if (locked === null || again?.intentId !== locked.intentId) {
    throw new ConflictError('an idempotency key changed hands while its intent was being locked')
  }
  return locked
}

/** Locks what is to be undone, so that of two parallel corrections the second sees the first. */
async function standingReversal(tx: Tx, { projectId, userId, reversesIntentId }: IntentOrder): Promise<string | null> {
  if (reversesIntentId === null) return null
  await tx.creditIntents.lock({ projectId, userId, intentId: reversesIntentId })
  const [by] = await tx.creditIntents.standingReversals(reversesIntentId)
  return by ?? null
}
