import { ok } from '../../src/core/lib/result.ts'
import type { PurchaseSnapshot } from '../../src/core/purchases/snapshot.ts'
import { snapshotOf, withoutRenewal } from '../../src/core/purchases/stored-snapshot.ts'
import { aliasCustomer, identifyCustomer } from '../../src/usecases/customers/identify-customer.ts'
import { expireDueGrants } from '../../src/usecases/entitlements/expire-due-grants.ts'
import { forgetOldAnswers } from '../../src/usecases/idempotency.ts'
import type { Ctx, StoreAdapter } from '../../src/usecases/ports.ts'
import { postReceipt } from '../../src/usecases/purchases/post-receipt.ts'
import { refreshDuePurchases } from '../../src/usecases/purchases/refresh-due-purchases.ts'
import { refreshPurchase } from '../../src/usecases/purchases/refresh-purchase.ts'
import { consumeUsage } from '../../src/usecases/usage/consume-usage.ts'
import { adjustBalance } from '../../src/usecases/wallet/adjust-balance.ts'
import { authoriseHold } from '../../src/usecases/wallet/authorise-hold.ts'
import { changeBalances } from '../../src/usecases/wallet/change-balances.ts'
import { changeHold } from '../../src/usecases/wallet/change-hold.ts'
import { expireDueHolds } from '../../src/usecases/wallet/expire-due-holds.ts'
import { lapseDueLots } from '../../src/usecases/wallet/lapse-due-lots.ts'
import { reverseTransaction } from '../../src/usecases/wallet/reverse-transaction.ts'
import { relayEvents } from '../../src/usecases/webhooks/relay-events.ts'
import { refundAt, withRefund } from '../support/refund.ts'
import { type Answer, acknowledged, type Effect, refused, UNSAID } from './answer.ts'
import { actOnPurchase, endGrantsOrCustomer, grant } from './perform-lifecycle.ts'
import type { JobName, Request, StoreWord, Wish } from './request.ts'
import type { SimulatedShop } from './simulated-shop.ts'

export type WishOf<Kind extends Wish['kind']> = Extract<Wish, { kind: Kind }>

/** Sends a request to the use cases as a surface does, and says what the caller learns. Targets are chosen already. */
export function perform(ctx: Ctx, shop: SimulatedShop, request: Request, requestId: string): Promise<Answer> {
  const { wish } = request
  const call: Call = { ctx, shop, key: request.key, requestId }
  switch (wish.kind) {
    case 'adjust':
      return adjust(call, wish)
    case 'change':
      return change(call, wish)
    case 'authorise':
      return authorise(call, wish)
    case 'hold_order':
      return orderHold(call, wish)
    case 'reverse':
      return reverse(call, wish)
    case 'consume':
      return consume(call, wish)
    case 'buy':
      return buy(call, wish)
    case 'store_word':
      return hearStore(call, wish)
    case 'store_action':
      return actOnPurchase(call, wish)
    case 'grant':
      return grant(call, wish)
    case 'revoke':
    case 'delete':
      return endGrantsOrCustomer(call, wish)
    case 'identify':
    case 'alias':
      return logIn(call, wish)
    case 'job':
      return JOBS[wish.job](ctx).then(() => acknowledged(null))
    case 'advance':
      return Promise.resolve(acknowledged(null))
  }
}

/** What every request comes with. */
export type Call = { ctx: Ctx; shop: SimulatedShop; key: string | null; requestId: string }

function writeFacts({ shop, key, requestId }: Call) {
  return { projectId: shop.demo.projectId, idempotencyKey: key, requestId, actor: 'operator', reason: 'ZD-1' }
}

async function adjust(call: Call, { user, currency, amount }: WishOf<'adjust'>): Promise<Answer> {
  const done = await adjustBalance(call.ctx, { ...writeFacts(call), userId: user, currency, amount })
  if (!done.ok) return refused(done.refusal)
  const { adjusted, replayed, revision } = done.value
  const { transactionId, balance } = adjusted
  return acknowledged(adjusted, {
    isBooked: true,
    transactionId,
    changes: [{ ...UNSAID, currency, given: amount, balance }],
    ...fresh(replayed, revision),
  })
}

/** The revision of an answer that was given before says nothing of the change. */
function fresh(replayed: boolean, revision: number): Pick<Effect, 'revision'> {
  return { revision: replayed ? null : revision }
}

async function change(call: Call, { user, operation, amounts }: WishOf<'change'>): Promise<Answer> {
  const done = await changeBalances(call.ctx, {
    ...writeFacts(call),
    userId: user,
    operation,
    amounts: new Map(Object.entries(amounts)),
    reference: null,
    includesEmpty: false,
    idempotency: call.key === null ? null : { key: call.key, fingerprint: JSON.stringify(amounts) },
  })
  if (!done.ok) return refused(done.refusal, KEPT_REFUSALS.has(done.refusal.code) && call.key !== null)
  const changes = done.value.balances
    .map(({ code, balance }) => ({ ...UNSAID, currency: code, given: amounts[code] ?? 0, balance }))
    .filter(({ given }) => given !== 0)
  return acknowledged(done.value, { isBooked: changes.length > 0, changes })
}

/** REST API v2 repeats these under the same key; the others use up no key. */
const KEPT_REFUSALS: ReadonlySet<string> = new Set([
  'insufficient_balance',
  'balance_above_maximum',
  'currency_archived',
])

async function authorise(call: Call, { user, currency, amount, lifeMs }: WishOf<'authorise'>): Promise<Answer> {
  const done = await authoriseHold(call.ctx, { ...writeFacts(call), userId: user, currency, amount, lifeMs })
  if (!done.ok) return refused(done.refusal)
  const { answer, replayed, revision } = done.value
  const { transactionId, balance } = answer
  const changes = [{ ...UNSAID, currency, given: -amount, balance }]
  return acknowledged(answer, { isBooked: true, transactionId, changes, ...fresh(replayed, revision) })
}

async function orderHold(call: Call, { hold, order }: WishOf<'hold_order'>): Promise<Answer> {
  const done = await changeHold(call.ctx, { ...writeFacts(call), holdId: hold.chosen ?? '', order, reason: null })
  if (!done.ok) return refused(done.refusal)
  const { answer, replayed, revision } = done.value
  if (order.kind === 'extend') return acknowledged(answer)
  const { transactionId, balance } = answer
  const changes = [{ ...UNSAID, currency: answer.hold.currency, balance }]
  return acknowledged(answer, { isBooked: true, transactionId, changes, ...fresh(replayed, revision) })
}

async function reverse(call: Call, { transaction, shortage }: WishOf<'reverse'>): Promise<Answer> {
  const input = { ...writeFacts(call), transactionId: transaction.chosen ?? '', shortage }
  const done = await reverseTransaction(call.ctx, input)
  if (!done.ok) return refused(done.refusal)
  const { reversed, replayed, revision } = done.value
  const { transactionId } = reversed
  const changes = reversed.changes.map(({ currency, amount, balance }) => ({
    ...UNSAID,
    currency,
    moved: amount,
    balance,
  }))
  return acknowledged(reversed, { isBooked: true, transactionId, changes, ...fresh(replayed, revision) })
}

async function consume(call: Call, { user, action, quantity }: WishOf<'consume'>): Promise<Answer> {
  const done = await consumeUsage(call.ctx, {
    projectId: call.shop.demo.projectId,
    userId: user,
    by: { kind: 'server', keyId: 'operator' },
    wish: { kind: 'action', action },
    quantity,
    idempotencyKey: call.key,
    requestId: call.requestId,
  })
  if (!done.ok) return refused(done.refusal)
  const { consumed, replayed, revision } = done.value
  const { transactionId, creditsFromAllowance, creditsFromLedger } = consumed
  return acknowledged(consumed, {
    transactionId,
    isBooked: transactionId !== null,
    changes: creditsFromLedger === 0 ? [] : [{ ...UNSAID, currency: 'CRD', given: -creditsFromLedger }],
    counters: { ...consumed.consumed, credits: creditsFromAllowance },
    ...fresh(replayed, revision),
  })
}

async function buy({ ctx, shop, requestId }: Call, { user, product, token }: WishOf<'buy'>): Promise<Answer> {
  const project = (await ctx.read.projects.get(shop.demo.projectId)) ?? shop.demo.project
  const posted = await postReceipt(ctx, {
    project,
    app: shop.demo.app,
    appUserId: user,
    fetchToken: token.chosen ?? requestId,
    storeProductId: product,
    presentedOffering: 'default',
  })
  return posted.ok ? acknowledged(posted.value.purchase.purchaseId) : refused(posted.refusal)
}

async function hearStore({ ctx }: Call, { purchase, word }: WishOf<'store_word'>): Promise<Answer> {
  const due = purchase.chosen === null ? null : JSON.parse(purchase.chosen)
  if (due === null) return refused({ code: 'no_purchase' })
  const refresh: StoreAdapter['refresh'] = async ({ purchase: stored, transactions, now }) =>
    ok([wordOf(snapshotOf(stored, transactions, now), word, now)])
  const stores: Ctx['stores'] = (store) => {
    const adapter = ctx.stores(store)
    return adapter && { ...adapter, refresh }
  }
  await refreshPurchase({ ...ctx, stores }, due)
  return acknowledged(null)
}

function wordOf(stored: PurchaseSnapshot, word: StoreWord, now: number): PurchaseSnapshot {
  const snapshot = {
    ...stored,
    nextCheckAt: stored.autoRenews ? (stored.transactions.at(-1)?.expiresAt ?? null) : null,
  }
  switch (word) {
    case 'refunded':
      return withRefund(snapshot, refundAt(now))
    case 'third_refunded':
      return withRefund(snapshot, { ...refundAt(now), micros: thirdOf(snapshot) })
    case 'refund_withdrawn':
      return withRefund(snapshot, null)
    case 'renewal_off':
      return withoutRenewal(snapshot, now)
  }
}

function thirdOf({ transactions }: PurchaseSnapshot): number {
  return Math.floor((transactions.at(-1)?.price?.amountMicros ?? 0) / 3)
}

async function logIn({ ctx, shop }: Call, wish: WishOf<'identify' | 'alias'>): Promise<Answer> {
  const input = { projectId: shop.demo.projectId, appUserId: wish.from, newAppUserId: wish.to }
  const done = await (wish.kind === 'identify' ? identifyCustomer(ctx, input) : aliasCustomer(ctx, input))
  return done.ok ? acknowledged(null) : refused(done.refusal)
}

const JOBS: Readonly<Record<JobName, (ctx: Ctx) => Promise<unknown>>> = {
  lapse_lots: lapseDueLots,
  expire_holds: expireDueHolds,
  refresh_purchases: refreshDuePurchases,
  forget_answers: forgetOldAnswers,
  expire_grants: expireDueGrants,
  relay_events: relay,
}

/** An event whose body cannot be made is a fault of the server. */
export function relay(ctx: Ctx): Promise<{ done: number; more: boolean }> {
  return relayEvents(ctx, (_event, error) => {
    throw error
  })
}
