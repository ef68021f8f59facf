import { parseAppUserId } from '../../core/customers/app-user-id.ts'
import { currencyTransactionFromEvent, type ToldCurrencyTransaction } from '../../core/incoming/currency-transaction.ts'
import { ok } from '../../core/lib/result.ts'
import { openCustomer } from '../customers/open-customer.ts'
import { recordChange } from '../customers/record-change.ts'
import type { IncomingEvent, IncomingVerdict } from '../ports/incoming.ts'
import type { Ctx } from '../ports.ts'
import { type ChangeBalancesRefusal, changeBalances } from '../wallet/change-balances.ts'
import type { IncomingPolicy } from './incoming-policy.ts'
import { APPLIED, ignored, type ParkedOutcome, parked } from './verdicts.ts'

/** Who a mirrored change is booked under. */
const ACTOR = 'revenuecat'

const FROM_DASHBOARD = 'admin_api'

/**
 * What follows from a change of balances at RevenueCat. Where RevenueCat keeps the balances, apps are told to read them
 * again. Where Purser keeps them, units of purchases were granted with the purchase itself, and granting them by this event
 * too would do it twice; a change by hand is made here as well, if that is wanted, once for each transaction.
 */
export async function applyCurrencyTransaction(
  ctx: Ctx,
  policy: IncomingPolicy,
  event: IncomingEvent,
): Promise<IncomingVerdict> {
  const told = currencyTransactionFromEvent(event.body)
  if (!told.ok) return parked(told.refusal.code, told.refusal.problem)
  const name = parseAppUserId(event.appUserId ?? '')
  if (!name.ok) return parked('app_user_id_invalid', 'app_user_id is not the id of a person')
  if (policy.balancesAreUpstream) return announce(ctx, event.projectId, name.value, told.value)
  if (told.value.source !== FROM_DASHBOARD) return ignored('granted_by_purchase')
  if (!policy.mirrorsDashboard) return ignored('not_mirrored')
  return mirror(ctx, event, name.value, told.value)
}

async function announce(
  ctx: Ctx,
  projectId: string,
  appUserId: string,
  { amounts }: ToldCurrencyTransaction,
): Promise<IncomingVerdict> {
  await ctx.transaction<null, never>(async (tx) => {
    const { customer } = await openCustomer(tx, ctx, projectId, appUserId)
    const currencies = [...amounts.keys()]
    const now = ctx.clock.now()
    await recordChange(tx, customer, { kinds: ['usage'], cause: 'purchase', currencies, events: [], now })
    return ok(null)
  })
  return APPLIED
}

async function mirror(
  ctx: Ctx,
  { projectId, eventId }: IncomingEvent,
  appUserId: string,
  { transactionId, amounts }: ToldCurrencyTransaction,
): Promise<IncomingVerdict> {
  await ctx.transaction(async (tx) => ok(await openCustomer(tx, ctx, projectId, appUserId)))
  const changed = await changeBalances(ctx, {
    projectId,
    userId: appUserId,
    operation: 'transactions',
    amounts,
    reference: transactionId,
    includesEmpty: false,
    idempotency: { key: `${ACTOR}:${transactionId}`, fingerprint: JSON.stringify([...amounts].sort()) },
    actor: ACTOR,
    requestId: eventId,
  })
  return changed.ok
    ? APPLIED
    : parked(OUTCOMES[changed.refusal.code], `the change was refused: ${changed.refusal.code}`)
}

const OUTCOMES = {
  customer_not_found: 'failed',
  currency_unknown: 'currency_unknown',
  currency_archived: 'currency_archived',
  insufficient_balance: 'insufficient_balance',
  balance_above_maximum: 'balance_above_maximum',
  idempotency_key_conflict: 'idempotency_key_conflict',
} as const satisfies Record<ChangeBalancesRefusal['code'], ParkedOutcome>
