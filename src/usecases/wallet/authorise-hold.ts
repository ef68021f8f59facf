import { type Catalog, findCurrency } from '../../core/catalog/catalog.ts'
import { ok, type Result, refuse } from '../../core/lib/result.ts'
import type { LimitExceeded, MovedUnits } from '../../core/operators/operator-limits.ts'
import { boundsOf } from '../../core/wallet/policy.ts'
import { doOnce, type KeyRefusal, type OnceOrder } from '../idempotency.ts'
import type { Admit } from '../operators/admission.ts'
import type { Ctx, GroupSubject, GroupTx } from '../ports.ts'
import type { HoldAnswer, HoldOutcome } from './hold-outcome.ts'
import { type HoldImpossible, placeHold, tryHold } from './place-hold.ts'

export type AuthoriseInput = {
  projectId: string
  userId: string
  currency: string
  /** A positive whole number of units. */
  amount: number
  reason: string
  /** How long the units are kept when nobody captures, releases or extends the hold. */
  lifeMs: number
  idempotencyKey: string | null
  actor: string
  requestId: string
  /** Judges whether whoever asks may set so many units aside. */
  admit?: Admit | null
}

export type AuthoriseRefusal =
  | HoldImpossible
  | LimitExceeded
  | KeyRefusal
  | { code: 'customer_not_found' }
  | { code: 'currency_unknown'; currency: string }

const SCOPE = 'admin.credits.hold'

/** Sets units aside. They are out of the balance at once, and nobody's until they are captured or released. */
export async function authoriseHold(ctx: Ctx, input: AuthoriseInput): Promise<Result<HoldOutcome, AuthoriseRefusal>> {
  const catalog = await ctx.read.catalog.ofProject(input.projectId)
  const { admit } = input
  if (!admit) {
    const subject = subjectOf(input)
    return ctx.groupedTransaction(subject, (tx) => authorise(tx, ctx, input, catalog, null))
  }
  return ctx.transaction((tx) => authorise(tx, ctx, input, catalog, (moved) => admit(tx, moved)))
}

type Admitted = (moved: readonly MovedUnits[]) => Promise<Result<null, LimitExceeded>>

async function authorise(
  tx: GroupTx,
  ctx: Ctx,
  input: AuthoriseInput,
  catalog: Catalog,
  admit: Admitted | null,
): Promise<Result<HoldOutcome, AuthoriseRefusal>> {
  const customer = await tx.customers.lockByAppUserId(input.projectId, input.userId)
  let revision = customer?.revision ?? 0
  const done = await doOnce<HoldAnswer, AuthoriseRefusal>(tx, ctx, onceOrder(input), async (keep) => {
    const currency = findCurrency(catalog, input.currency)
    if (currency === null) return refuse({ code: 'currency_unknown', currency: input.currency })
    if (customer === null) return refuse({ code: 'customer_not_found' })
    const possible = await tryHold(tx, ctx, customer, input, boundsOf(currency.policy))
    if (!possible.ok) return possible
    const admitted = await admit?.([{ currency: input.currency, units: input.amount }])
    if (admitted?.ok === false) return admitted
    const saved = await placeHold(tx, ctx, possible.value, input, keep)
    revision = saved.revision
    return ok(saved.answer)
  })
  return done.ok ? ok({ ...done.value, revision }) : done
}

function subjectOf(input: AuthoriseInput): GroupSubject {
  const { projectId, userId: appUserId } = input
  return { projectId, appUserId, key: onceOrder(input).key, lots: 'all', wantsOpenHolds: true }
}

function onceOrder({ projectId, idempotencyKey, userId, currency, amount, reason, lifeMs }: AuthoriseInput): OnceOrder {
  const key = idempotencyKey === null ? null : { projectId, scope: SCOPE, key: idempotencyKey }
  return { key, fingerprint: JSON.stringify([userId, currency, amount, reason, lifeMs]) }
}
