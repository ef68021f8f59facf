import type { ConfiguredCurrency } from '../../core/catalog/currency.ts'
import type { Customer } from '../../core/customers/customer.ts'
import { ok, type Result, refuse } from '../../core/lib/result.ts'
import { type DeductRefusal, deduct } from '../../core/wallet/deduct.ts'
import { type GrantRefusal, grant } from '../../core/wallet/grant.ts'
import { BY_RULE } from '../../core/wallet/ledger-transaction.ts'
import { boundsOf, type WalletPolicy } from '../../core/wallet/policy.ts'
import type { Wallet, WalletChange } from '../../core/wallet/wallet.ts'
import { recordChange } from '../customers/record-change.ts'
import { type Done, doOnce, type KeyRefusal, type OnceOrder } from '../idempotency.ts'
import type { Ctx, GroupSubject, GroupTx, LotsNeeded } from '../ports.ts'
import { type OpenWallets, openWallets, postLedger, walletIn } from './open-wallets.ts'

/** The two writes of REST API v2. They do the same, and never share an idempotency key. */
export type ChangeOperation = 'transactions' | 'update_balance'

export type ChangeBalancesInput = {
  projectId: string
  userId: string
  operation: ChangeOperation
  /** Signed whole numbers of units by currency: positive deposits, negative spends, zero changes nothing. */
  amounts: ReadonlyMap<string, number>
  /** The caller's own words for it. */
  reference: string | null
  /** Whether the answer has every currency of the project, and not only those that were named. */
  includesEmpty: boolean
  /** The caller's key with its whole request in one fixed form; null when the caller gave none. */
  idempotency: { key: string; fingerprint: string } | null
  /** The id of the key that was used. */
  actor: string
  requestId: string
}

export type CurrencyBalance = { code: string; name: string; description: string | null; balance: number }

/** Balances in the order of the catalogue, the newest currency first. */
export type ChangedBalances = { balances: CurrencyBalance[]; revision: number }

/** What cannot be done as things are. Kept under the idempotency key like a success, so that a repeat is told the same. */
type LastingRefusal = DeductRefusal | GrantRefusal | { code: 'currency_archived'; currency: string }

export type ChangeBalancesRefusal =
  | LastingRefusal
  | { code: 'customer_not_found' }
  | { code: 'currency_unknown'; currency: string }
  | KeyRefusal

/** What is stored under an idempotency key. */
type Answer = { done: ChangedBalances } | { refused: LastingRefusal }

type Decision = Result<WalletChange[], LastingRefusal>

/**
 * Changes balances of several currencies at once: all of them or none. The idempotency key is looked at before anything
 * else can refuse. A key belongs to one project, operation and app user id, which stays the same when its customer is
 * merged into another.
 */
export async function changeBalances(
  ctx: Ctx,
  input: ChangeBalancesInput,
): Promise<Result<ChangedBalances, ChangeBalancesRefusal>> {
  const outcome = await ctx.groupedTransaction<Done<Answer>, ChangeBalancesRefusal>(subjectOf(input), async (tx) => {
    const customer = await tx.customers.lockByAppUserId(input.projectId, input.userId)
    return doOnce<Answer, ChangeBalancesRefusal>(tx, ctx, onceOrder(input), async (keep) => {
      if (customer === null) return refuse({ code: 'customer_not_found' })
      const currencies = await tx.catalog.currencies(input.projectId)
      const codes = new Set(currencies.map(({ code }) => code))
      for (const code of input.amounts.keys()) {
        if (!codes.has(code)) return refuse({ code: 'currency_unknown', currency: code })
      }
      const open = await openWallets(tx, ctx, customer, lotsFor(input))
      const decision = decide(ctx, input, currencies, open)
      // A refusal is committed where it has to be kept. Without a key the transaction ends as if it had not begun.
      if (!decision.ok && input.idempotency === null) return decision
      const answer = await save(tx, ctx, { open, input, currencies, decision })
      await keep(answer)
      return ok(answer)
    })
  })
  if (!outcome.ok) return outcome
  const { answer } = outcome.value
  return 'done' in answer ? ok(answer.done) : refuse(answer.refused)
}

function decide(
  ctx: Ctx,
  { amounts }: ChangeBalancesInput,
  currencies: readonly ConfiguredCurrency[],
  open: OpenWallets,
): Decision {
  const changes: WalletChange[] = []
  for (const { code, archivedAt, policy } of currencies) {
    const amount = amounts.get(code)
    if (amount === undefined) continue
    if (archivedAt !== null) return refuse({ code: 'currency_archived', currency: code })
    if (amount === 0) continue
    const change = decideOne(ctx, walletIn(open, code), amount, boundsOf(policy))
    if (!change.ok) return change
    changes.push(change.value)
  }
  return ok(changes)
}

function decideOne(
  ctx: Ctx,
  wallet: Wallet,
  amount: number,
  policy: WalletPolicy,
): Result<WalletChange, DeductRefusal | GrantRefusal> {
  if (amount < 0) return deduct(wallet, { amount: -amount, to: 'issued_by_operator' }, policy)
  const lot = { lotId: ctx.ids.next('lot'), source: 'operator' as const, purchaseId: null, expiresAt: null }
  return grant(wallet, { ...lot, amount, from: 'issued_by_operator', createdAt: ctx.clock.now() }, policy)
}

type Change = {
  open: OpenWallets
  input: ChangeBalancesInput
  currencies: readonly ConfiguredCurrency[]
  decision: Decision
}

async function save(tx: GroupTx, ctx: Ctx, { open, input, currencies, decision }: Change): Promise<Answer> {
  const changes = decision.ok ? decision.value : []
  const facts = { ...BY_RULE, reason: input.reference, actor: input.actor, requestId: input.requestId }
  // RevenueCat's webhook fires for purchases and people, not for calls of the API. The ledger has it.
  if (changes.length > 0) await postLedger(tx, ctx, open, { ...facts, kind: 'api_adjust', changes }, 'developer_api')
  const customer = open.currencies.size === 0 ? open.customer : await closeChange(tx, ctx, open, input)
  if (!decision.ok) return { refused: decision.refusal }
  return { done: { balances: shownBalances(input, currencies, open), revision: customer.revision } }
}

function closeChange(tx: GroupTx, ctx: Ctx, open: OpenWallets, { amounts }: ChangeBalancesInput): Promise<Customer> {
  const isSpending = [...amounts.values()].every((amount) => amount <= 0)
  return recordChange(tx, open.customer, {
    kinds: ['usage'],
    cause: isSpending ? 'consumption' : 'admin_adjust',
    currencies: [...open.currencies],
    events: open.events,
    now: ctx.clock.now(),
  })
}

function shownBalances(
  { amounts, includesEmpty }: ChangeBalancesInput,
  currencies: readonly ConfiguredCurrency[],
  open: OpenWallets,
): CurrencyBalance[] {
  return currencies
    .map(({ code, name, description, archivedAt }) => ({
      shown: amounts.has(code) || (includesEmpty && (archivedAt === null || walletIn(open, code).balance > 0)),
      balance: { code, name, description, balance: walletIn(open, code).balance },
    }))
    .flatMap(({ shown, balance }) => (shown ? [balance] : []))
}

function subjectOf(input: ChangeBalancesInput): GroupSubject {
  const { projectId, userId: appUserId } = input
  return { projectId, appUserId, key: onceOrder(input).key, lots: lotsFor(input), wantsCurrencies: true }
}

function lotsFor({ amounts }: ChangeBalancesInput): LotsNeeded {
  return [...amounts.values()].every((amount) => amount > 0) ? 'lapsed' : 'all'
}

function onceOrder({ projectId, userId, operation, idempotency }: ChangeBalancesInput): OnceOrder {
  if (idempotency === null) return { key: null, fingerprint: '' }
  const key = { projectId, scope: `api_v2.${operation}:${userId}`, key: idempotency.key }
  return { key, fingerprint: idempotency.fingerprint }
}
