import { ok, type Result, refuse } from '../../core/lib/result.ts'
import { dryRun } from '../dry-run.ts'
import type { UpstreamRefusal } from '../ports/credits.ts'
import type { CreditsUpstream } from '../ports/credits-upstream.ts'
import type { Ctx } from '../ports.ts'
import type { Reversed, ReverseInput, ReverseOutcome, ReverseRefusal } from '../wallet/reverse-transaction.ts'
import { type CarriedOut, carryOut } from './carry-out.ts'
import type { IntentOrder } from './credit-intent.ts'
import { rehearseChange } from './rehearse-change.ts'
import type { SingleFlight } from './single-flight.ts'
import { fingerprintOf } from './upstream-adjust.ts'

const SCOPE = 'admin.credits.reverse'

type Refusal = ReverseRefusal | UpstreamRefusal
type Outcome = Promise<Result<ReverseOutcome, Refusal>>

/**
 * Undoes an applied change by the opposite one, at most once. The upstream knows no lots: what is given back does not
 * lapse with the units it stands for, and what was spent meanwhile refuses the correction.
 */
export function upstreamReverse(ctx: Ctx, upstream: CreditsUpstream, flights: SingleFlight) {
  return async (input: ReverseInput): Outcome => {
    const order = await orderOf(ctx, input)
    if (!order.ok) return order
    const { key } = order.value
    const done = await flights.join(key, fingerprintOf(order.value), () =>
      carryOut(ctx, upstream, order.value, input.admit ?? undefined),
    )
    return reversedOf(done)
  }
}

/** Tells what a correction would do: sends nothing, and writes nothing down. */
export function upstreamReverseDryRun(ctx: Ctx, upstream: CreditsUpstream) {
  return async (input: ReverseInput): Outcome => {
    const order = await orderOf(ctx, input)
    if (!order.ok) return order
    return reversedOf(await rehearseChange(dryRun(ctx), upstream, order.value, input.admit ?? undefined))
  }
}

async function orderOf(ctx: Ctx, input: ReverseInput): Promise<Result<IntentOrder, Refusal>> {
  const { projectId, transactionId, reason, shortage, idempotencyKey, actor, requestId } = input
  // To take what is left, or to note a debt, takes a ledger that knows the units.
  if (shortage !== 'block') return refuse({ code: 'not_available_in_upstream_mode' })
  const original = await ctx.read.creditIntents.find(projectId, transactionId)
  if (original === null) return refuse({ code: 'transaction_not_found' })
  const { userId, currency, amount, status, reversesIntentId } = original
  if (status !== 'applied') return refuse({ code: 'not_reversible', kind: status })
  if (reversesIntentId !== null) return refuse({ code: 'not_reversible', kind: 'reversal' })
  const key = idempotencyKey === null ? null : { projectId, scope: SCOPE, key: idempotencyKey }
  const facts = { projectId, userId, currency, amount: -amount, reason, actor, requestId }
  return ok({ ...facts, reversesIntentId: transactionId, key })
}

function reversedOf<Refused>(done: Result<CarriedOut, Refused>): Result<ReverseOutcome, Refused> {
  if (!done.ok) return done
  const { intent, balance, replayed, revision } = done.value
  const { intentId: transactionId, reversesIntentId, userId, reason, currency, amount, createdAt } = intent
  const reversed: Reversed = {
    transactionId,
    reversesTransactionId: reversesIntentId ?? '',
    userId,
    reason,
    changes: [{ currency, amount, balance }],
    createdAt,
  }
  return ok({ reversed, replayed, revision })
}
