import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Catalog, Product } from '../catalog/catalog.ts'
import { CATALOG, product } from '../purchases/fixtures/chain.ts'
import type { Purchase, PurchaseTransaction } from '../purchases/purchase.ts'
import { decideToldPurchase } from './decide-told-purchase.ts'
import { envelopeFromBody } from './envelope.ts'
import { findToldProduct } from './find-told-product.ts'
import { afterDays, MONTH_MS, ofMonth, refundOf, TOLD_START } from './fixtures/revenuecat-events.ts'
import { foldChain } from './fold-chain.ts'
import { factFromEvent, type PurchaseFact } from './purchase-fact.ts'

const MONTHLY = product('monthly', { store: 'app_store', storeProductId: 'pro_monthly' })
const YEARLY = product('yearly', { store: 'app_store', storeProductId: 'pro_annual' })
const SOLD: Catalog = {
  ...CATALOG,
  products: new Map([MONTHLY, YEARLY].map((item): [string, Product] => [item.productId, item])),
}
const KEY = { store: 'app_store', environment: 'production', chainId: 'tx1' } as const
const NOW = TOLD_START + 20 * MONTH_MS

/** Bodies that belong to one chain: what may befall a subscription of four months, in all its variety. */
const POSSIBLE = [
  ofMonth('INITIAL_PURCHASE', 0, { period_type: 'TRIAL', price: 0, price_in_purchased_currency: 0 }),
  ofMonth('RENEWAL', 1),
  ofMonth('RENEWAL', 2),
  ofMonth('RENEWAL', 3, { product_id: 'pro_annual' }),
  afterDays('CANCELLATION', 0, 3, { cancel_reason: 'UNSUBSCRIBE' }),
  afterDays('UNCANCELLATION', 0, 4),
  afterDays('BILLING_ISSUE', 1, 30, { grace_period_expiration_at_ms: TOLD_START + 2 * MONTH_MS + 1 }),
  afterDays('CANCELLATION', 1, 30, { cancel_reason: 'BILLING_ERROR', id: 'BILLING' }),
  afterDays('PRODUCT_CHANGE', 2, 10, { new_product_id: 'pro_annual' }),
  refundOf(1, 12),
  afterDays('REFUND_REVERSED', 1, 14),
  refundOf(3, 5, { price: -5.4, price_in_purchased_currency: -4.995 }),
  afterDays('SUBSCRIPTION_EXTENDED', 2, 20, { expiration_at_ms: TOLD_START + 3 * MONTH_MS + 1 }),
  afterDays('SUBSCRIPTION_PAUSED', 2, 21),
  afterDays('EXPIRATION', 3, 6, { expiration_reason: 'CUSTOMER_SUPPORT' }),
  afterDays('TEMPORARY_ENTITLEMENT_GRANT', 0, 0),
]

type State = {
  current: Purchase | null
  stored: PurchaseTransaction[]
  applied: PurchaseFact[]
  granted: string[]
  takenBack: Map<string, number>
}

const EMPTY: State = { current: null, stored: [], applied: [], granted: [], takenBack: new Map() }

function factOf(body: (typeof POSSIBLE)[number]): PurchaseFact {
  const envelope = envelopeFromBody(body, 0)
  if (envelope === null) throw new Error('not an event')
  const fact = factFromEvent(body, envelope.eventId, envelope.toldAt)
  if (!fact.ok) throw new Error(fact.refusal.problem)
  return fact.value
}

/** What the server does with a batch of events: fold with and without them, and carry out the difference. */
function apply(state: State, batch: readonly PurchaseFact[]): State {
  const facts = [...state.applied, ...batch]
  const after = foldChain(facts)
  if (after === null) return state
  const products = new Map(
    after.charges.flatMap((charge) => {
      const found = findToldProduct(SOLD, { ...charge, store: 'app_store' })
      return found === null ? [] : [[charge.storeTransactionId, found] as const]
    }),
  )
  const before = foldChain(state.applied)
  const { current, stored } = state
  const input = { key: KEY, before, after, products, catalog: SOLD, current, stored, purchaseId: 'purch1', now: NOW }
  const decision = decideToldPurchase(input)
  const takenBack = new Map(state.takenBack)
  const granted = [...state.granted]
  for (const { storeTransactionId, orders } of decision.grants) {
    granted.push(
      ...orders.map(({ currency, amount, expiresAt }) => `${storeTransactionId} ${amount} ${currency} ${expiresAt}`),
    )
  }
  for (const { kind, storeTransactionId } of decision.refunds) {
    const isPaid = granted.some((grant) => grant.startsWith(`${storeTransactionId} `))
    // As the ledger does: what was never given is not taken back, and nothing is taken or given back twice.
    if (isPaid) takenBack.set(storeTransactionId, kind === 'take_back' ? 1 : 0)
  }
  return { current: decision.purchase, stored: decision.charges, applied: facts, granted, takenBack }
}

function outcomeOf({ current, stored, granted, takenBack }: State) {
  const refunded = [...takenBack].filter(([, count]) => count === 1).map(([id]) => id)
  return { current, stored, granted: [...granted].sort(), refunded: refunded.sort() }
}

const someEvents = fc.subarray(POSSIBLE, { minLength: 1 })

it('events of a chain lead to the same purchase and units in any order, in any batches, with any repeats', () => {
  fc.assert(
    fc.property(
      someEvents.chain((events) =>
        fc.record({
          events: fc.constant(events),
          order: fc.shuffledSubarray([...events, ...events], { minLength: events.length * 2 }),
          cuts: fc.array(fc.integer({ min: 1, max: 4 }), {
            minLength: events.length * 2,
            maxLength: events.length * 2,
          }),
        }),
      ),
      ({ events, order, cuts }) => {
        const whole = apply(EMPTY, events.map(factOf))
        let state = EMPTY
        const rest = order.map(factOf)
        const seen = new Set<string>()
        for (const cut of cuts) {
          // A repeat is known by its id before anything is made of it.
          const batch = rest.splice(0, cut).filter(({ eventId }) => !seen.has(eventId) && seen.add(eventId))
          state = apply(state, batch)
        }
        expect(outcomeOf(state)).toEqual(outcomeOf(whole))
      },
    ),
    { numRuns: 1_000 },
  )
})

it('units are given for each charge that is told as paid, and for no other', () => {
  fc.assert(
    fc.property(someEvents, (events) => {
      const { granted } = apply(EMPTY, events.map(factOf))
      const paid = events
        .map(({ event }) => event)
        .filter(({ type }) => type === 'INITIAL_PURCHASE' || type === 'RENEWAL')
      const charges = new Set(
        paid.filter((event) => event.product_id === 'pro_monthly').map((event) => event.transaction_id),
      )
      expect(new Set(granted.map((grant) => grant.split(' ')[0]))).toEqual(charges)
      expect(new Set(granted).size).toBe(granted.length)
    }),
  )
})
