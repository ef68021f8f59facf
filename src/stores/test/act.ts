import { findStoreProduct } from '../../core/catalog/catalog.ts'
import { DAY_MS, MINUTE_MS } from '../../core/lib/clock.ts'
import { ok, type Result, refuse } from '../../core/lib/result.ts'
import type { Refund } from '../../core/purchases/purchase.ts'
import { type PurchaseSnapshot, refundedAtOf } from '../../core/purchases/snapshot.ts'
import type { ActionQuestion, ActionRefusal, StoreAction, TesterAction } from '../../usecases/ports/stores.ts'
import { withCharge } from './with-charge.ts'

type Action = StoreAction | TesterAction
type Acted = Result<PurchaseSnapshot, ActionRefusal>
type Act<Kind extends Action['kind']> = (
  state: PurchaseSnapshot,
  action: Extract<Action, { kind: Kind }>,
  question: ActionQuestion,
) => Acted

const WHOLE = { micros: null, endsAccess: true }

/** What each action does to a chain of the Test Store. Each begins with why it would not. */
const ACTS: { [Kind in Action['kind']]: Act<Kind> } = {
  revoke: (state, _action, { now }) =>
    isOver(state, now) ? refused('access has ended already') : ok(givenBack(state, state.transactions.length - 1, now)),

  refund(state, { storeTransactionId }, { now }) {
    const index = state.transactions.findIndex((charge) => charge.storeTransactionId === storeTransactionId)
    if (index < 0) return refused('the charge is not of this purchase')
    return state.transactions[index]?.refund ? refused('it was given back already') : ok(givenBack(state, index, now))
  },

  cancel: (state, _action, { now }) => switchedOff(state, now, 'DEVELOPER_INITIATED'),
  unsubscribe: (state, _action, { now }) => switchedOff(state, now, 'UNSUBSCRIBE'),

  uncancel(state, _action, { now }) {
    if (state.autoRenews || isOver(state, now) || endOf(state) === null) return refused('it renews, or has ended')
    return ok({ ...state, autoRenews: true, unsubscribeDetectedAt: null, cancelReason: null })
  },

  defer(state, { expiresAt }, { now }) {
    const endsAt = endOf(state)
    if (endsAt === null || isOver(state, now)) return refused('there is no period that could go on')
    return expiresAt <= endsAt ? refused('it ends later already') : ok(endingAt(state, expiresAt))
  },

  extend(state, { days }, { now, project }) {
    const endsAt = endOf(state)
    if (endsAt === null || isOver(state, now)) return refused('there is no period that could go on')
    return ok(endingAt(state, endsAt + days * (project.testStorePace === 'calendar' ? DAY_MS : MINUTE_MS)))
  },

  renew(state, _action, { catalog, project }) {
    const latest = state.transactions.at(-1)
    const product = catalog.products.get(state.pendingProductId ?? latest?.productId ?? '')
    if (product === undefined || endOf(state) === null) return refused('it is no subscription that is still sold')
    if (state.revokedAt !== null) return refused('it is shared no more')
    return ok(withCharge(state, product, project.testStorePace, state.asOf, state.asOf))
  },

  fail_billing(state, { graceDays }, { now }) {
    if (!state.autoRenews || isOver(state, now)) return refused('nothing is going to be charged')
    if (state.billingIssueDetectedAt !== null) return refused('it failed already')
    const graceExpiresAt = graceDays === 0 ? null : now + graceDays * DAY_MS
    return ok({ ...endingAt(state, now), billingIssueDetectedAt: now, graceExpiresAt })
  },

  give_up_billing: (state) =>
    state.billingIssueDetectedAt === null || !state.autoRenews
      ? refused('no charge has failed')
      : ok({ ...state, autoRenews: false }),

  refund_latest: (state, _action, { now }) =>
    isOver(state, now) ? refused('access has ended already') : ok(refunded(state, -1, { at: now, ...WHOLE })),

  refund_part(state, { percent }, { now }) {
    const latest = state.transactions.at(-1)
    if (!latest?.price || latest.refund) return refused('nothing was paid, or it was given back already')
    const micros = Math.floor((latest.price.amountMicros * percent) / 100)
    return ok(refunded(state, -1, { at: now, micros, endsAccess: false }))
  },

  reverse_refund: (state) =>
    state.transactions.at(-1)?.refund ? ok(refunded(state, -1, null)) : refused('it was not given back'),

  pause(state, { days }, { now }) {
    const endsAt = endOf(state)
    if (endsAt === null || !state.autoRenews || isOver(state, now)) return refused('it does not renew')
    if (state.autoResumeAt !== null) return refused('it is paused, or is going to be')
    if (state.billingIssueDetectedAt !== null) return refused('a charge has failed')
    return ok({ ...state, autoResumeAt: endsAt + days * DAY_MS })
  },

  change_product(state, { storeProductId, isAtRenewal }, { catalog, now, project }) {
    const product = findStoreProduct(catalog, state.appId, storeProductId)
    if (product?.type !== 'subscription') return refuse({ code: 'product_unknown', storeProductId })
    if (!state.autoRenews || isOver(state, now)) return refused('it does not renew')
    if (product.productId === state.transactions.at(-1)?.productId) return refused('it is this product already')
    if (isAtRenewal) return ok({ ...state, pendingProductId: product.productId })
    return ok(withCharge({ ...state, pendingProductId: null }, product, project.testStorePace, state.asOf, state.asOf))
  },

  withdraw_change: (state) =>
    state.pendingProductId === null ? refused('no change is planned') : ok({ ...state, pendingProductId: null }),

  ask_price_consent: (state, _action, { now }) =>
    !state.autoRenews || isOver(state, now) || state.priceConsent !== null
      ? refused('it does not renew, or was asked')
      : ok({ ...state, priceConsent: 'required' }),

  give_price_consent: (state) =>
    state.priceConsent === 'required' ? ok({ ...state, priceConsent: 'approved' }) : refused('nothing was asked'),

  end_family_sharing: (state, _action, { now }) =>
    state.ownership !== 'FAMILY_SHARED' || isOver(state, now)
      ? refused('nothing is shared')
      : ok({ ...state, autoRenews: false, revokedAt: now }),
}

/** Does something to a chain, told as of now. */
export function act(current: PurchaseSnapshot, question: ActionQuestion): Acted {
  const { action, now } = question
  const state = { ...current, asOf: Math.max(now, current.asOf + 1), nextCheckAt: null }
  // Each kind has the function for its own action, which TypeScript cannot follow through the table.
  return (ACTS[action.kind] as Act<Action['kind']>)(state, action as never, question)
}

function refused(problem: string): Acted {
  return refuse({ code: 'action_refused', problem })
}

function endOf({ transactions }: PurchaseSnapshot): number | null {
  return transactions.at(-1)?.expiresAt ?? null
}

function isOver(state: PurchaseSnapshot, now: number): boolean {
  if (refundedAtOf(state) !== null || state.revokedAt !== null) return true
  const endsAt = endOf(state)
  return endsAt !== null && Math.max(endsAt, state.graceExpiresAt ?? 0) <= now
}

function switchedOff(state: PurchaseSnapshot, now: number, cancelReason: 'DEVELOPER_INITIATED' | 'UNSUBSCRIBE'): Acted {
  if (!state.autoRenews || isOver(state, now) || endOf(state) === null) return refused('it does not renew')
  return ok({ ...state, autoRenews: false, unsubscribeDetectedAt: now, cancelReason })
}

/** Access goes with the latest charge; of an earlier one only the money goes back. */
function givenBack(state: PurchaseSnapshot, index: number, at: number): PurchaseSnapshot {
  const isLatest = index === state.transactions.length - 1
  const refund = { at, micros: null, endsAccess: isLatest }
  return { ...refunded(state, index, refund), autoRenews: state.autoRenews && !isLatest }
}

function refunded(state: PurchaseSnapshot, index: number, refund: Refund | null): PurchaseSnapshot {
  const charge = state.transactions.at(index)
  if (charge === undefined) throw new Error('broken invariant: a refund is of a known charge')
  return { ...state, transactions: state.transactions.with(index, { ...charge, refund }) }
}

function endingAt(state: PurchaseSnapshot, expiresAt: number): PurchaseSnapshot {
  const latest = state.transactions.at(-1)
  if (latest === undefined) throw new Error('broken invariant: a snapshot has at least one transaction')
  return { ...state, transactions: state.transactions.with(-1, { ...latest, expiresAt }) }
}
