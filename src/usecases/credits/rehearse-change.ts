import { ok, type Result, refuse } from '../../core/lib/result.ts'
import type { Admit } from '../operators/admission.ts'
import type { CreditsUpstream } from '../ports/credits-upstream.ts'
import type { Ctx } from '../ports.ts'
import { beginIntent } from './begin-intent.ts'
import type { CarriedOut, CarryOutRefusal } from './carry-out.ts'
import { balanceBefore, checkChange } from './check-change.ts'
import type { IntentOrder } from './credit-intent.ts'

/**
 * What a change would do by what the upstream says now. `ctx` must be one of a dry run: the intent is begun as ever, so
 * that keys, limits and earlier corrections are judged, and undone.
 */
export async function rehearseChange<Refused = never>(
  ctx: Ctx,
  upstream: CreditsUpstream,
  order: IntentOrder,
  admit?: Admit<Refused>,
): Promise<Result<CarriedOut, CarryOutRefusal | Refused>> {
  const checked = await checkChange(upstream, order)
  if (!checked.ok) return checked
  const begun = await beginIntent(ctx, upstream.projectId, order, admit)
  if (!begun.ok) return begun
  const { intent, isOurs } = begun.value
  const customer = await ctx.read.customers.findByAppUserId(order.projectId, order.userId)
  const revision = customer?.revision ?? 0
  if (!isOurs) return ok({ intent, balance: intent.balanceAfter ?? 0, replayed: true, revision })
  const read = checked.value.balance === null ? await balanceBefore(upstream, order, 'within_budget') : null
  if (read?.ok === false) return read
  const balance = (checked.value.balance ?? read?.value ?? 0) + order.amount
  if (balance >= 0) return ok({ intent, balance, replayed: false, revision })
  return refuse({ code: 'insufficient_balance', currency: order.currency, requested: -order.amount })
}
