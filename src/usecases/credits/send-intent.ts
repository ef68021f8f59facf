import type { Customer } from '../../core/customers/customer.ts'
import { ok } from '../../core/lib/result.ts'
import { openCustomer } from '../customers/open-customer.ts'
import { recordChange } from '../customers/record-change.ts'
import type { CreditIntent } from '../ports/credit-intents.ts'
import type { CreditsUpstream, Patience, UpstreamFault } from '../ports/credits-upstream.ts'
import type { Ctx, Tx } from '../ports.ts'
import { applied, faulted } from './credit-intent.ts'

/** An intent after an attempt, and what was wrong with the attempt; the customer's revision where that is known. */
export type Sent = { intent: CreditIntent; fault: UpstreamFault | null; revision: number }

/** Sends a leased intent to the upstream, and writes down what became of it. */
export async function sendIntent(
  ctx: Ctx,
  upstream: CreditsUpstream,
  intent: CreditIntent,
  patience: Patience,
): Promise<Sent> {
  const { userId: customerId, currency, amount, reason: reference, intentId: key } = intent
  const answer = await upstream.change({ customerId, currency, amount, reference, key }, patience)
  return answer.ok ? markApplied(ctx, intent, answer.value.balance) : markFaulted(ctx, intent, answer.refusal)
}

/**
 * The upstream's word that it is done counts above all that was written down before. The customer may be new here: the
 * upstream knows them, and with the first change they get a row, whose revision is what live sessions and replays go by.
 */
async function markApplied(ctx: Ctx, { projectId, ...intent }: CreditIntent, balance: number): Promise<Sent> {
  const marked = await ctx.transaction<Sent, never>(async (tx) => {
    const { customer } = await openCustomer(tx, ctx, projectId, intent.userId)
    const current = await lockKnown(tx, { projectId, ...intent })
    if (current.status === 'applied') return ok({ intent: current, fault: null, revision: customer.revision })
    const settled = applied(current, balance, ctx.clock.now())
    const [, changed] = await Promise.all([tx.creditIntents.update(settled), tellChange(tx, customer, settled)])
    return ok({ intent: settled, fault: null, revision: changed.revision })
  })
  return sentOf(marked)
}

function tellChange(tx: Tx, customer: Customer, intent: CreditIntent): Promise<Customer> {
  const { intentId: transactionId, currency, amount, reversesIntentId, settledAt, createdAt } = intent
  // The upstream tells no webhook of changes that come through its API; so the outbox does.
  const data = { transactionId, source: 'admin_api', adjustments: [{ currency, amount }] }
  return recordChange(tx, customer, {
    kinds: ['usage'],
    cause: reversesIntentId === null ? 'admin_adjust' : 'reversal',
    currencies: [currency],
    events: [{ type: 'VIRTUAL_CURRENCY_TRANSACTION', data }],
    now: settledAt ?? createdAt,
  })
}

/** Changes nothing when the intent was settled meanwhile, or somebody else is at it by now. */
async function markFaulted(ctx: Ctx, intent: CreditIntent, fault: UpstreamFault): Promise<Sent> {
  const marked = await ctx.transaction<Sent, never>(async (tx) => {
    const current = await lockKnown(tx, intent)
    const isOurs = current.status === 'pending' && current.attempts === intent.attempts
    if (!isOurs) return ok({ intent: current, fault, revision: 0 })
    const settled = faulted(current, fault, ctx.clock.now())
    await tx.creditIntents.update(settled)
    return ok({ intent: settled, fault, revision: 0 })
  })
  return sentOf(marked)
}

async function lockKnown(tx: Tx, intent: CreditIntent): Promise<CreditIntent> {
  const current = await tx.creditIntents.lock(intent)
  if (current === null) throw new Error(`intent ${intent.intentId} is gone`)
  return current
}

function sentOf(marked: { ok: true; value: Sent } | { ok: false; refusal: never }): Sent {
  if (!marked.ok) throw new Error('marking an intent has no refusals')
  return marked.value
}
