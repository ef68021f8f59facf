import { type Catalog, findCurrency } from '../../core/catalog/catalog.ts'
import { ok, type Result, refuse } from '../../core/lib/result.ts'
import type { MovedUnits } from '../../core/operators/operator-limits.ts'
import { type DeductRefusal, deduct } from '../../core/wallet/deduct.ts'
import { type GrantRefusal, grant } from '../../core/wallet/grant.ts'
import { BY_RULE } from '../../core/wallet/ledger-transaction.ts'
import { boundsOf, type WalletPolicy } from '../../core/wallet/policy.ts'
import type { Wallet, WalletChange } from '../../core/wallet/wallet.ts'
import { recordChange } from '../customers/record-change.ts'
import { doOnce, type KeyRefusal, type OnceOrder } from '../idempotency.ts'
import type { Admit } from '../operators/admission.ts'
import type { Ctx, GroupSubject, GroupTx, LotsNeeded, Tx } from '../ports.ts'
import { type OpenWallets, openWallets, postLedger, walletIn } from './open-wallets.ts'

export type AdjustInput = {
  projectId: string
  userId: string
  currency: string
  /** Signed whole number of units, not zero: positive grants, negative deducts. */
  amount: number
  reason: string
  /** Null when the caller gave none; then every request is a change of its own. */
  idempotencyKey: string | null
  actor: string
  requestId: string
}

/** What the rules about whoever asks add to a change, inside its transaction. */
export type AdjustRules<Refused> = GroupRules<Refused> | OwnRules<Refused>

/** Whose key it is: an operator's, unless the change was approved under a key of its own. */
type KeyRules = { keyScope?: string }

/** Rules that look at nothing but the project's approval threshold: the change may share its transaction. */
type GroupRules<Refused> = KeyRules & {
  kind: 'grouped'
  /** Judges whether so much may be moved; not asked about a change that was made before. */
  admit(tx: Pick<GroupTx, 'approvals'>, moved: readonly MovedUnits[]): Promise<Result<null, Refused>>
}

/** Rules that look at rows which others wait for, or write some: the change gets a transaction of its own. */
type OwnRules<Refused> = KeyRules & {
  kind: 'own'
  admit: Admit<Refused>
  /** Writes what else is to be written down with the change. */
  settle?(tx: Tx, adjusted: Adjusted): Promise<unknown>
}

/** The rules as they are inside of a transaction. */
type Judged<Refused> = {
  keyScope?: string | undefined
  admit: ((moved: readonly MovedUnits[]) => Promise<Result<null, Refused>>) | undefined
  settle?(adjusted: Adjusted): Promise<unknown>
}

/** What was done. Stored under the idempotency key, so a replay answers exactly this. */
export type Adjusted = {
  userId: string
  currency: string
  amount: number
  balance: number
  reason: string
  transactionId: string
  createdAt: number
}

export type AdjustOutcome = { adjusted: Adjusted; replayed: boolean; revision: number }

export type AdjustRefusal =
  | DeductRefusal
  | GrantRefusal
  | { code: 'customer_not_found' }
  | { code: 'currency_unknown'; currency: string }
  /** The key belongs to a change that was not made, but put before a second person. */
  | { code: 'approval_requested'; approvalId: string }
  | KeyRefusal

/** What is kept under an idempotency key: a change that was made, or the request that stands for it. */
type KeptAnswer = Adjusted | { approvalId: string }

/** Whose key a change was made with: an operator's key covers the whole project, whoever the customer is. */
const SCOPE = 'admin.credits.adjust'

/**
 * Grants or deducts units by hand. The idempotency key is looked at before anything else can refuse, so a change that
 * was made is answered the same way for ever. Units, audit row, key and event are one transaction.
 */
export async function adjustBalance<Refused = never>(
  ctx: Ctx,
  input: AdjustInput,
  rules?: AdjustRules<Refused>,
): Promise<Result<AdjustOutcome, AdjustRefusal | Refused>> {
  const catalog = await ctx.read.catalog.ofProject(input.projectId)
  const keyScope = rules?.keyScope
  if (rules?.kind === 'own') {
    return ctx.transaction<AdjustOutcome, AdjustRefusal | Refused>((tx) => {
      const settle = async (adjusted: Adjusted) => rules.settle?.(tx, adjusted)
      return adjust(tx, ctx, input, catalog, { keyScope, admit: (moved) => rules.admit(tx, moved), settle })
    })
  }
  return ctx.groupedTransaction<AdjustOutcome, AdjustRefusal | Refused>(subjectOf(input, keyScope), (tx) =>
    adjust(tx, ctx, input, catalog, { keyScope, admit: rules && ((moved) => rules.admit(tx, moved)) }),
  )
}

async function adjust<Refused>(
  tx: GroupTx,
  ctx: Ctx,
  input: AdjustInput,
  catalog: Catalog,
  rules: Judged<Refused>,
): Promise<Result<AdjustOutcome, AdjustRefusal | Refused>> {
  const customer = await tx.customers.lockByAppUserId(input.projectId, input.userId)
  let revision = customer?.revision ?? 0
  const order = adjustOnceOrder(input, rules.keyScope)
  const done = await doOnce<KeptAnswer, AdjustRefusal | Refused>(tx, ctx, order, async (keep) => {
    const currency = findCurrency(catalog, input.currency)
    if (currency === null) return refuse({ code: 'currency_unknown', currency: input.currency })
    if (customer === null) return refuse({ code: 'customer_not_found' })
    const [open, admitted] = await Promise.all([
      openWallets(tx, ctx, customer, lotsFor(input)),
      rules.admit?.([{ currency: input.currency, units: Math.abs(input.amount) }]),
    ])
    if (admitted?.ok === false) return admitted
    const change = decideChange(ctx, input, walletIn(open, input.currency), boundsOf(currency.policy))
    if (!change.ok) return change
    const settle = async (adjusted: Adjusted) => rules.settle?.(adjusted)
    const saved = await save(tx, ctx, { open, input, change: change.value, keep, settle })
    revision = saved.revision
    return ok(saved.adjusted)
  })
  if (!done.ok) return done
  const { answer, replayed } = done.value
  if ('approvalId' in answer) return refuse({ code: 'approval_requested', ...answer })
  return ok({ adjusted: answer, replayed, revision })
}

function subjectOf(input: AdjustInput, keyScope: string | undefined): GroupSubject {
  const { projectId, userId: appUserId } = input
  return { projectId, appUserId, key: adjustOnceOrder(input, keyScope).key, lots: lotsFor(input), wantsThreshold: true }
}

function lotsFor({ amount }: AdjustInput): LotsNeeded {
  return amount > 0 ? 'lapsed' : 'all'
}

function decideChange(
  ctx: Ctx,
  input: AdjustInput,
  wallet: Wallet,
  policy: WalletPolicy,
): Result<WalletChange, DeductRefusal | GrantRefusal> {
  if (input.amount < 0) return deduct(wallet, { amount: -input.amount, to: 'issued_by_operator' }, policy)
  return grant(
    wallet,
    {
      lotId: ctx.ids.next('lot'),
      amount: input.amount,
      from: 'issued_by_operator',
      source: 'operator',
      purchaseId: null,
      expiresAt: null,
      createdAt: ctx.clock.now(),
    },
    policy,
  )
}

type Change = {
  open: OpenWallets
  input: AdjustInput
  change: WalletChange
  keep: (answer: Adjusted) => Promise<void>
  settle: (adjusted: Adjusted) => Promise<unknown>
}

async function save(
  tx: GroupTx,
  ctx: Ctx,
  { open, input, change, keep, settle }: Change,
): Promise<{ adjusted: Adjusted; revision: number }> {
  const createdAt = ctx.clock.now()
  const transactionId = ctx.ids.next('walletTransaction')
  const { userId, currency, amount, reason, actor, requestId } = input
  const adjusted = { userId, currency, amount, balance: change.balanceAfter, reason, transactionId, createdAt }
  const facts = {
    ...BY_RULE,
    transactionId,
    kind: 'admin_adjust' as const,
    changes: [change],
    reason,
    actor,
    requestId,
  }
  const [, , changed] = await Promise.all([
    keep(adjusted),
    postLedger(tx, ctx, open, facts, 'admin_api'),
    recordChange(tx, open.customer, {
      kinds: ['usage'],
      cause: 'admin_adjust',
      currencies: [...open.currencies],
      events: open.events,
      now: createdAt,
    }),
    settle(adjusted),
  ])
  return { adjusted, revision: changed.revision }
}

/** What makes a repeated change the same one. A change that waits for a second person is kept under the same key. */
export function adjustOnceOrder(
  { projectId, idempotencyKey, userId, currency, amount, reason }: AdjustInput,
  scope = SCOPE,
): OnceOrder {
  const key = idempotencyKey === null ? null : { projectId, scope, key: idempotencyKey }
  return { key, fingerprint: JSON.stringify([userId, currency, amount, reason]) }
}
