import { type Catalog, findCurrency } from '../../core/catalog/catalog.ts'
import type { Customer } from '../../core/customers/customer.ts'
import { ok, type Result, refuse } from '../../core/lib/result.ts'
import type { UsageConfig } from '../../core/usage/config.ts'
import { type PriceRefusal, priceOf, type Wish } from '../../core/usage/price.ts'
import { boundsOf } from '../../core/wallet/policy.ts'
import { doOnce, type KeyRefusal, type OnceOrder } from '../idempotency.ts'
import type { Ctx, Tx } from '../ports.ts'
import type { HoldAnswer, HoldOutcome } from '../wallet/hold-outcome.ts'
import { placeHold, tryHold } from '../wallet/place-hold.ts'
import { type CreditsMissing, creditsMissing } from './credits-missing.ts'
import { loadUsageConfig, type UnconfiguredRefusal } from './load-usage-config.ts'

export type ReserveInput = {
  projectId: string
  userId: string
  /** The secret key of the server that asks. */
  keyId: string
  wish: Wish
  quantity: number
  /** How long the credits are kept when nobody settles or releases the reservation. */
  lifeMs: number
  idempotencyKey: string | null
  requestId: string
}

export type ReserveRefusal =
  | UnconfiguredRefusal
  | PriceRefusal
  | KeyRefusal
  | CreditsMissing
  | { code: 'too_many_holds'; maximum: number }
  /** Meters count in a period and cannot be set aside. */
  | { code: 'not_reservable'; meter: string }

const SCOPE = 'usage.reserve'

/** Why credits were set aside when no action says it. */
const NO_ACTION = 'reservation'

/**
 * Sets credits of the wallet aside for work whose cost is known only in the end: a hold like an operator's, at a price of
 * the usage configuration. The allowance of the period is a counter and not units, so it is neither set aside nor asked.
 */
export async function reserveCredits(ctx: Ctx, input: ReserveInput): Promise<Result<HoldOutcome, ReserveRefusal>> {
  const [config, catalog] = await Promise.all([
    loadUsageConfig(ctx, input.projectId),
    ctx.read.catalog.ofProject(input.projectId),
  ])
  return ctx.transaction<HoldOutcome, ReserveRefusal>(async (tx) => {
    const customer = await tx.customers.lockByAppUserId(input.projectId, input.userId)
    let revision = customer?.revision ?? 0
    const done = await doOnce<HoldAnswer, ReserveRefusal>(tx, ctx, onceOrder(input), async (keep) => {
      if (!config.ok) return config
      const amount = creditsOf(config.value, input)
      if (!amount.ok) return amount
      const placed = await reserve(tx, ctx, input, {
        config: config.value,
        catalog,
        customer,
        amount: amount.value,
        keep,
      })
      if (!placed.ok) return placed
      revision = placed.value.revision
      return ok(placed.value.answer)
    })
    return done.ok ? ok({ ...done.value, revision }) : done
  })
}

function creditsOf(
  config: UsageConfig,
  { wish, quantity }: ReserveInput,
): Result<number, PriceRefusal | { code: 'not_reservable'; meter: string }> {
  const cost = priceOf(config, wish, quantity)
  if (!cost.ok) return cost
  const [meter] = cost.value.meters.keys()
  return meter === undefined ? ok(cost.value.credits) : refuse({ code: 'not_reservable', meter })
}

type Order = {
  config: UsageConfig
  catalog: Catalog
  /** Null for a user who was never seen, and hence has nothing. */
  customer: Customer | null
  amount: number
  keep: (answer: HoldAnswer) => Promise<void>
}

async function reserve(
  tx: Tx,
  ctx: Ctx,
  { userId, keyId, lifeMs, requestId, wish }: ReserveInput,
  { config, catalog, customer, amount, keep }: Order,
): Promise<Result<{ answer: HoldAnswer; revision: number }, ReserveRefusal>> {
  const { currency, exhaustedStatus: status } = config
  const missing = (balance: number) => refuse(creditsMissing(catalog, { currency, balance, required: amount }, status))
  if (customer === null) return missing(0)
  const policy = boundsOf(findCurrency(catalog, currency)?.policy)
  const possible = await tryHold(tx, ctx, customer, { currency, amount }, policy)
  if (!possible.ok)
    return possible.refusal.code === 'too_many_holds' ? refuse(possible.refusal) : missing(possible.refusal.balance)
  const reason = wish.kind === 'action' ? wish.action : NO_ACTION
  return ok(
    await placeHold(
      tx,
      ctx,
      possible.value,
      { userId, currency, amount, reason, lifeMs, actor: keyId, requestId },
      keep,
    ),
  )
}

/** As with consumptions, a key belongs to one user: two users who choose the same one have nothing to do with each other. */
function onceOrder({ projectId, userId, idempotencyKey, wish, quantity, lifeMs }: ReserveInput): OnceOrder {
  const key =
    idempotencyKey === null ? null : { projectId, scope: SCOPE, key: JSON.stringify([userId, idempotencyKey]) }
  const what = wish.kind === 'action' ? wish.action : [...wish.costs].sort(([one], [other]) => (one < other ? -1 : 1))
  return { key, fingerprint: JSON.stringify([wish.kind, what, quantity, lifeMs]) }
}
