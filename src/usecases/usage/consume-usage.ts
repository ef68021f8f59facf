import { type Catalog, findCurrency } from '../../core/catalog/catalog.ts'
import type { Customer } from '../../core/customers/customer.ts'
import { purchasesInForce } from '../../core/entitlements/testing-access.ts'
import { DAY_MS } from '../../core/lib/clock.ts'
import { ok, type Result, refuse } from '../../core/lib/result.ts'
import { type Cost, CREDITS, type UsageConfig } from '../../core/usage/config.ts'
import { availableCredits, type Consumption, consume, type Means } from '../../core/usage/consume.ts'
import { type PriceRefusal, priceOf } from '../../core/usage/price.ts'
import { type Standing, standingOf } from '../../core/usage/standing.ts'
import { BY_RULE } from '../../core/wallet/ledger-transaction.ts'
import { boundsOf } from '../../core/wallet/policy.ts'
import { isSandboxCountedFor } from '../customers/is-sandbox-counted.ts'
import { openCustomer } from '../customers/open-customer.ts'
import { recordChange } from '../customers/record-change.ts'
import { doOnce, type KeyRefusal } from '../idempotency.ts'
import type { Ctx, GroupSubject, GroupTx } from '../ports.ts'
import { type OpenWallets, openWallets, postLedger, walletIn } from '../wallet/open-wallets.ts'
import { type ConsumeInput, consumptionKeyOf, fingerprintOf } from './consume-input.ts'
import { loadUsageConfig, type UnconfiguredRefusal } from './load-usage-config.ts'
import { creditsCapOf } from './read-credits-cap.ts'

/** What was done. Stored under the idempotency key, so a replay answers exactly this. */
export type Consumed = {
  action: string | null
  quantity: number
  /** What it took, by meter id and `credits`, in smallest units. */
  consumed: Record<string, number>
  creditsFromAllowance: number
  creditsFromLedger: number
  /** Credits that can still be spent in this period, out of allowance and wallet together. */
  remaining: number
  resetsAt: number
  /** The entry in the ledger; null when the allowance was enough. */
  transactionId: string | null
  createdAt: number
}

export type ConsumeOutcome = { consumed: Consumed; replayed: boolean; revision: number }

export type ConsumeUsageRefusal =
  | UnconfiguredRefusal
  | PriceRefusal
  | KeyRefusal
  | {
      code: 'credits_insufficient'
      meter: string
      required: number
      remaining: number
      resetsAt: number
      status: 402 | 429
    }

/** Counters of periods that ended longer ago are forgotten: a year, and a month to look back on it. */
const COUNTERS_KEPT_MS = 400 * DAY_MS

/** What is known when the price is: enough to decide. */
type Moment = {
  config: UsageConfig
  cost: Cost
  customer: Customer
  isSandboxCounted: boolean
  standing: Standing
  open: OpenWallets
  means: Means
}

/**
 * Uses something that costs: checks and takes all of it in one transaction, or nothing. A key that was used before is
 * looked at before anything can refuse. A user comes into being with the first consumption.
 */
export async function consumeUsage(
  ctx: Ctx,
  input: ConsumeInput,
): Promise<Result<ConsumeOutcome, ConsumeUsageRefusal>> {
  const [config, catalog] = await Promise.all([
    loadUsageConfig(ctx, input.projectId),
    ctx.read.catalog.ofProject(input.projectId),
  ])
  const isSandboxCounted = await isSandboxCountedFor(ctx.read, catalog, input)
  return ctx.groupedTransaction<ConsumeOutcome, ConsumeUsageRefusal>(subjectOf(input), async (tx) => {
    const { customer } = await openCustomer(tx, ctx, input.projectId, input.userId)
    let revision = customer.revision
    const order = { key: consumptionKeyOf(input), fingerprint: fingerprintOf(input) }
    const done = await doOnce<Consumed, ConsumeUsageRefusal>(tx, ctx, order, async (keep) => {
      if (!config.ok) return config
      const cost = priceOf(config.value, input.wish, input.quantity)
      if (!cost.ok) return cost
      const moment = await meet(
        tx,
        ctx,
        { config: config.value, cost: cost.value, customer, isSandboxCounted },
        catalog,
      )
      const decided = consume(cost.value, moment.means)
      if (decided.ok) {
        const saved = await save(tx, ctx, input, moment, decided.value, keep)
        revision = saved.revision
        return ok(saved.consumed)
      }
      const { exhaustedStatus: status } = config.value
      return refuse({ ...decided.refusal, resetsAt: moment.standing.period.resetsAt, status })
    })
    return done.ok ? ok({ consumed: done.value.answer, replayed: done.value.replayed, revision }) : done
  })
}

function subjectOf(input: ConsumeInput): GroupSubject {
  const { projectId, userId: appUserId } = input
  return { projectId, appUserId, key: consumptionKeyOf(input), lots: 'all', wantsUsage: true }
}

type Facts = Omit<Moment, 'open' | 'means' | 'standing'>

/** Reads what the customer has: tier, counters of the period, and wallets without what has lapsed. */
async function meet(tx: GroupTx, ctx: Ctx, facts: Facts, catalog: Catalog): Promise<Moment> {
  const { config, customer } = facts
  const [bought, grants, creditsCap] = await Promise.all([
    tx.purchases.ofCustomer(customer),
    tx.entitlementGrants.ofCustomer(customer),
    creditsCapOf(tx.usage, customer),
  ])
  const purchases = purchasesInForce(bought, facts.isSandboxCounted)
  const standing = standingOf(config, { purchases, grants, creditsCap }, catalog, ctx.clock.now())
  const [used, open] = await Promise.all([
    tx.usage.counters(customer, standing.period.key),
    openWallets(tx, ctx, customer),
  ])
  const means = {
    caps: standing.caps,
    used,
    wallet: walletIn(open, config.currency),
    policy: boundsOf(findCurrency(catalog, config.currency)?.policy),
    spendOrder: config.spendOrder,
  }
  return { ...facts, standing, open, means }
}

async function save(
  tx: GroupTx,
  ctx: Ctx,
  input: ConsumeInput,
  moment: Moment,
  consumption: Consumption,
  keep: (answer: Consumed) => Promise<void>,
): Promise<{ consumed: Consumed; revision: number }> {
  const { customer, standing, open, means } = moment
  const now = ctx.clock.now()
  const transactionId = consumption.walletChange === null ? null : ctx.ids.next('walletTransaction')
  const consumed = describe(input, moment, consumption, { transactionId, createdAt: now })
  const [, , changed] = await Promise.all([
    keep(consumed),
    spend(tx, ctx, input, open, { transactionId, change: consumption.walletChange }),
    recordChange(tx, customer, {
      kinds: ['usage'],
      cause: 'consumption',
      currencies: currenciesOf(open, consumption),
      events: open.events,
      now,
    }),
    tx.usage.setCounters(customer, standing.period, consumption.counters),
    means.used.size === 0 ? tx.usage.deleteCountersBefore(customer, now - COUNTERS_KEPT_MS) : null,
  ])
  return { consumed, revision: changed.revision }
}

function currenciesOf(open: OpenWallets, { walletChange }: Consumption): string[] {
  return [...new Set([...open.currencies, ...(walletChange === null ? [] : [walletChange.currency])])]
}

/** Books what comes out of the wallet. Nobody is told by webhook: apps consume often, and the server knows already. */
async function spend(
  tx: GroupTx,
  ctx: Ctx,
  { wish, by, requestId }: ConsumeInput,
  open: OpenWallets,
  { transactionId, change }: { transactionId: string | null; change: Consumption['walletChange'] },
): Promise<void> {
  if (transactionId === null || change === null) return
  const reason = wish.kind === 'action' ? wish.action : null
  const actor = by.kind === 'server' ? by.keyId : 'user'
  const facts = { ...BY_RULE, transactionId, kind: 'consume' as const, changes: [change], reason, actor, requestId }
  await postLedger(tx, ctx, open, facts, null)
}

function describe(
  { wish, quantity }: ConsumeInput,
  { cost, standing, means }: Moment,
  { creditsFromAllowance, creditsFromLedger }: Consumption,
  facts: { transactionId: string | null; createdAt: number },
): Consumed {
  const credits = cost.credits > 0 ? { [CREDITS]: cost.credits } : {}
  return {
    action: wish.kind === 'action' ? wish.action : null,
    quantity,
    consumed: { ...Object.fromEntries(cost.meters), ...credits },
    creditsFromAllowance,
    creditsFromLedger,
    remaining: availableCredits(means) - cost.credits,
    resetsAt: standing.period.resetsAt,
    ...facts,
  }
}
