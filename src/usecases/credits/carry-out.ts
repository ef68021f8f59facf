import { ok, type Result, refuse } from '../../core/lib/result.ts'
import type { KeyRefusal } from '../idempotency.ts'
import type { Admit } from '../operators/admission.ts'
import type { CreditIntent } from '../ports/credit-intents.ts'
import type { UpstreamRefusal } from '../ports/credits.ts'
import type { CreditsUpstream, UpstreamFault } from '../ports/credits-upstream.ts'
import type { Ctx } from '../ports.ts'
import { type BeginRefusal, beginIntent, findEarlier } from './begin-intent.ts'
import { type CheckRefusal, checkChange } from './check-change.ts'
import type { IntentOrder } from './credit-intent.ts'
import { type Sent, sendIntent } from './send-intent.ts'

/** What was done, `balance` being the one right after it. */
export type CarriedOut = { intent: CreditIntent; balance: number; replayed: boolean; revision: number }

export type CarryOutRefusal = KeyRefusal | BeginRefusal | CheckRefusal | UpstreamRefusal

/**
 * Has the upstream make a change at most once: looks at the key, checks what can be checked, writes the intent down, sends
 * it, and writes down what became of it. A pending intent of an earlier request with the same key is sent again under its
 * own key at the upstream.
 */
export async function carryOut<Refused = never>(
  ctx: Ctx,
  upstream: CreditsUpstream,
  order: IntentOrder,
  admit?: Admit<Refused>,
): Promise<Result<CarriedOut, CarryOutRefusal | Refused>> {
  const earlier = await findEarlier(ctx, order)
  if (!earlier.ok) return earlier
  if (earlier.value === null) {
    const checked = await checkChange(upstream, order)
    if (!checked.ok) return checked
  }
  const begun = await beginIntent(ctx, upstream.projectId, order, admit)
  if (!begun.ok) return begun
  const { intent, isOurs } = begun.value
  if (!isOurs) return doneBefore(ctx, intent)
  return outcomeOf(await sendIntent(ctx, upstream, intent, 'within_budget'))
}

async function doneBefore(ctx: Ctx, intent: CreditIntent): Promise<Result<CarriedOut, never>> {
  const customer = await ctx.read.customers.findByAppUserId(intent.projectId, intent.userId)
  return ok({ intent, balance: intent.balanceAfter ?? 0, replayed: true, revision: customer?.revision ?? 0 })
}

function outcomeOf({ intent, fault, revision }: Sent): Result<CarriedOut, CarryOutRefusal> {
  const { status, balanceAfter, intentId } = intent
  if (status === 'applied') return ok({ intent, balance: balanceAfter ?? 0, replayed: false, revision })
  const type = fault?.type ?? intent.lastError ?? 'unresolved'
  if (status === 'failed' && fault?.isConclusive === true) return refuse(judgementOf(intent, fault))
  return refuse({ code: 'upstream_failed', type, outcome: status, intentId })
}

/** The upstream looked at the change and refused it. RevenueCat REST API v2, creating a transaction. */
function judgementOf({ currency, amount }: CreditIntent, fault: UpstreamFault): CarryOutRefusal {
  if (fault.status === 404) {
    return fault.param === 'adjustments' ? { code: 'currency_unknown', currency } : { code: 'customer_not_found' }
  }
  const isShort = fault.type === 'unprocessable_entity_error' && amount < 0
  if (isShort) return { code: 'insufficient_balance', currency, requested: -amount }
  return { code: 'upstream_refused', message: fault.message }
}
