import { findCurrency } from '../../core/catalog/catalog.ts'
import type { Customer } from '../../core/customers/customer.ts'
import { ConflictError } from '../../core/lib/conflict-error.ts'
import { ok, type Result, refuse } from '../../core/lib/result.ts'
import { type DeductRefusal, deduct } from '../../core/wallet/deduct.ts'
import { type GrantRefusal, grant } from '../../core/wallet/grant.ts'
import { ledgerTransaction } from '../../core/wallet/ledger-transaction.ts'
import { DEFAULT_POLICY } from '../../core/wallet/policy.ts'
import type { Wallet, WalletChange } from '../../core/wallet/wallet.ts'
import { recordChange } from '../customers/record-change.ts'
import type { Ctx, IdempotencyKey, Tx } from '../ports.ts'

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
  | { code: 'idempotency_key_conflict' }

/** Whose key a change was made with: an operator's key covers the whole project, whoever the customer is. */
const SCOPE = 'admin.credits.adjust'

/**
 * Grants or deducts units by hand. The idempotency key is looked at before anything else can refuse, so a change that
 * was made is answered the same way for ever. Units, audit row, key and event are one transaction.
 */
export async function adjustBalance(ctx: Ctx, input: AdjustInput): Promise<Result<AdjustOutcome, AdjustRefusal>> {
  const catalog = await ctx.read.catalog.ofProject(input.projectId)
  return ctx.transaction<AdjustOutcome, AdjustRefusal>(async (tx) => {
    const customer = await tx.customers.lockByAppUserId(input.projectId, input.userId)
    const earlier = await findEarlier(tx, input)
    if (earlier !== null) {
      if (!earlier.ok) return earlier
      return ok({ adjusted: earlier.value, replayed: true, revision: customer?.revision ?? 0 })
    }
    if (findCurrency(catalog, input.currency) === null) {
      return refuse({ code: 'currency_unknown' as const, currency: input.currency })
    }
    if (customer === null) return refuse({ code: 'customer_not_found' as const })
    const wallets = await tx.wallet.load(customer, [input.currency])
    const wallet = wallets.get(input.currency) ?? { currency: input.currency, balance: 0, lots: [] }
    const change = decideChange(ctx, input, wallet)
    if (!change.ok) return change
    const saved = await save(tx, ctx, customer, input, change.value)
    return ok({ ...saved, replayed: false })
  })
}

async function findEarlier(
  tx: Tx,
  input: AdjustInput,
): Promise<Result<Adjusted, { code: 'idempotency_key_conflict' }> | null> {
  const key = idempotencyKeyOf(input)
  const record = key === null ? null : await tx.idempotency.find(key)
  if (record === null) return null
  if (record.fingerprint !== fingerprintOf(input)) return refuse({ code: 'idempotency_key_conflict' })
  return ok(record.answer as Adjusted)
}

function decideChange(
  ctx: Ctx,
  input: AdjustInput,
  wallet: Wallet,
): Result<WalletChange, DeductRefusal | GrantRefusal> {
  if (input.amount < 0) return deduct(wallet, { amount: -input.amount, to: 'issued_by_operator' }, DEFAULT_POLICY)
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
    DEFAULT_POLICY,
  )
}

async function save(
  tx: Tx,
  ctx: Ctx,
  customer: Customer,
  input: AdjustInput,
  change: WalletChange,
): Promise<{ adjusted: Adjusted; revision: number }> {
  const createdAt = ctx.clock.now()
  const transactionId = ctx.ids.next('walletTransaction')
  const { userId, currency, amount, reason, actor, requestId } = input
  const adjusted: Adjusted = {
    userId,
    currency,
    amount,
    balance: change.balanceAfter,
    reason,
    transactionId,
    createdAt,
  }
  const key = idempotencyKeyOf(input)
  const ledger = ledgerTransaction({
    transactionId,
    kind: 'admin_adjust',
    changes: [change],
    reason,
    actor,
    requestId,
    purchaseId: null,
    storeTransactionId: null,
    createdAt,
  })
  const event = {
    type: 'VIRTUAL_CURRENCY_TRANSACTION' as const,
    data: { transactionId, source: 'admin_api', adjustments: [{ currency, amount }] },
  }
  const [stored, , changed] = await Promise.all([
    key === null || tx.idempotency.insert(key, { fingerprint: fingerprintOf(input), answer: adjusted }, createdAt),
    tx.wallet.append(customer, ledger),
    recordChange(tx, customer, {
      kinds: ['usage'],
      cause: 'admin_adjust',
      currencies: [currency],
      events: [event],
      now: createdAt,
    }),
  ])
  if (!stored) throw new ConflictError('a parallel request used the same idempotency key')
  return { adjusted, revision: changed.revision }
}

function idempotencyKeyOf({ projectId, idempotencyKey }: AdjustInput): IdempotencyKey | null {
  return idempotencyKey === null ? null : { projectId, scope: SCOPE, key: idempotencyKey }
}

function fingerprintOf({ userId, currency, amount, reason }: AdjustInput): string {
  return JSON.stringify([userId, currency, amount, reason])
}
