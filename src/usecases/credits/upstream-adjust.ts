import { ok, type Result, refuse } from '../../core/lib/result.ts'
import { dryRun } from '../dry-run.ts'
import type { MakeAdjust } from '../operators/adjust-as-operator.ts'
import type { CreditIntent } from '../ports/credit-intents.ts'
import type { UpstreamRefusal } from '../ports/credits.ts'
import type { CreditsUpstream } from '../ports/credits-upstream.ts'
import type { Ctx } from '../ports.ts'
import type { Adjusted, AdjustInput, AdjustOutcome, AdjustRules } from '../wallet/adjust-balance.ts'
import { type CarriedOut, carryOut } from './carry-out.ts'
import type { IntentOrder } from './credit-intent.ts'
import { rehearseChange } from './rehearse-change.ts'
import type { SingleFlight } from './single-flight.ts'

const SCOPE = 'admin.credits.adjust'

/** Grants or deducts units at the upstream. */
export function upstreamAdjust(
  ctx: Ctx,
  upstream: CreditsUpstream,
  flights: SingleFlight,
): MakeAdjust<UpstreamRefusal> {
  return async <Refused>(input: AdjustInput, rules: AdjustRules<Refused>) => {
    // What has to be settled in one transaction with the change cannot be: the change is made elsewhere.
    if (rules.kind === 'own' && rules.settle !== undefined)
      return refuse({ code: 'not_available_in_upstream_mode' as const })
    const order = orderOf(input, rules.keyScope)
    const done = await flights.join(order.key, fingerprintOf(order), () =>
      carryOut<Refused>(ctx, upstream, order, rules.admit),
    )
    return adjustedOf(done)
  }
}

/** Tells what a change would do: sends nothing, and writes nothing down. */
export function upstreamAdjustDryRun(ctx: Ctx, upstream: CreditsUpstream): MakeAdjust<UpstreamRefusal> {
  return async <Refused>(input: AdjustInput, rules: AdjustRules<Refused>) => {
    const order = orderOf(input, rules.keyScope)
    return adjustedOf(await rehearseChange<Refused>(dryRun(ctx), upstream, order, rules.admit))
  }
}

function orderOf(input: AdjustInput, scope = SCOPE): IntentOrder {
  const { projectId, userId, currency, amount, reason, actor, requestId, idempotencyKey } = input
  const key = idempotencyKey === null ? null : { projectId, scope, key: idempotencyKey }
  return { projectId, userId, currency, amount, reason, actor, requestId, reversesIntentId: null, key }
}

/** What makes two orders the same one. */
export function fingerprintOf({ userId, currency, amount, reason, reversesIntentId }: IntentOrder): string {
  return JSON.stringify([userId, currency, amount, reason, reversesIntentId])
}

/** Asking a second person is a matter of the own ledger: it books the change when that person agrees. */
function adjustedOf<Refusal>(
  done: Result<CarriedOut, Refusal>,
): Result<AdjustOutcome, Refusal | { code: 'not_available_in_upstream_mode' }> {
  if (done.ok) {
    const { intent, balance, replayed, revision } = done.value
    return ok({ adjusted: factsOf(intent, balance), replayed, revision })
  }
  const isForTwo = (done.refusal as { code?: unknown } | null)?.code === 'approval_required'
  return isForTwo ? refuse({ code: 'not_available_in_upstream_mode' }) : done
}

function factsOf(intent: CreditIntent, balance: number): Adjusted {
  const { userId, currency, amount, reason, intentId: transactionId, createdAt } = intent
  return { userId, currency, amount, balance, reason, transactionId, createdAt }
}
