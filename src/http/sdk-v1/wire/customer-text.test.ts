import fc from 'fast-check'
import { expect, it } from 'vitest'
import { CATALOG } from '../fixtures/example-catalog.ts'
import { CUSTOMER, DAY_MS, purchaseOf } from '../fixtures/example-purchase.ts'
import { NOW } from '../fixtures/sdk-app.ts'
import { customerText } from './customer-text.ts'
import { type CustomerFacts, customerToWire } from './customer-to-wire.ts'

const FACTS: CustomerFacts = {
  customer: CUSTOMER,
  purchases: [],
  grants: [],
  catalog: CATALOG,
  attributes: null,
  callerStore: 'test_store',
  isSandboxCounted: true,
  now: NOW,
}

const APPLE = purchaseOf({ productId: 'prod_ios', store: 'app_store', expiresAt: NOW + 5 * DAY_MS })
const COINS = purchaseOf({ purchaseId: 'purch2', productId: 'prod_coins', type: 'consumable', expiresAt: null })
/** Lists that the same customer has in turn; each is one object, as while it is held. */
const PURCHASES = [[], [APPLE], [APPLE, COINS], [{ ...APPLE, refundedAt: NOW + DAY_MS }], [purchaseOf()]]
const NAMES = {
  ...CATALOG,
  products: new Map([...CATALOG.products].map(([id, one]) => [id, { ...one, displayName: 'X' }])),
}
const ATTRIBUTES = new Map([['name', { value: 'Ann', updatedAt: NOW }]])

const situation = fc.record({
  purchases: fc.constantFrom(...PURCHASES),
  catalog: fc.constantFrom(CATALOG, NAMES),
  attributes: fc.constantFrom(null, null, ATTRIBUTES),
  callerStore: fc.constantFrom('test_store' as const, 'app_store' as const),
  isSandboxCounted: fc.boolean(),
  now: fc.nat(12).map((halfDays) => NOW + (halfDays * DAY_MS) / 2),
  lastSeenAt: fc.nat(1).map((days) => NOW - days * DAY_MS),
  originalAppUserId: fc.constantFrom('alice', '"last_seen":"', 'bob'),
  isVisit: fc.boolean(),
})

/** The answer without what says only when the call was made. */
function lasting(facts: CustomerFacts, isVisit: boolean): string {
  const { last_seen, ...subscriber } = customerToWire(facts).subscriber
  return JSON.stringify([isVisit, isVisit ? null : last_seen, subscriber])
}

it('says what the answer says, and has another tag exactly when anything but the time of the call is different', () => {
  fc.assert(
    fc.property(fc.array(situation, { minLength: 2, maxLength: 30 }), (situations) => {
      const tags = new Map<string, string>()
      const answers = new Map<string, string>()
      for (const { isVisit, lastSeenAt, originalAppUserId, ...rest } of situations) {
        const facts = { ...FACTS, ...rest, customer: { ...CUSTOMER, lastSeenAt, originalAppUserId } }
        const { body, tag } = customerText(facts, isVisit)
        expect(JSON.parse(body)).toEqual(customerToWire(facts))
        const answer = lasting(facts, isVisit)
        expect(tags.get(answer) ?? tag).toBe(tag)
        expect(answers.get(tag) ?? answer).toBe(answer)
        tags.set(answer, tag)
        answers.set(tag, answer)
      }
    }),
    { numRuns: 200 },
  )
})

it('has 16 hexadecimal digits, and they do not depend on what this process has written before', () => {
  const { tag } = customerText({ ...FACTS, purchases: [APPLE] }, false)
  expect(tag).toMatch(/^[0-9a-f]{16}$/)
  expect(customerText({ ...FACTS, purchases: [APPLE], now: NOW + 1 }, false).tag).toBe(tag)
})

it('changes when an access ends, although nobody changed anything', () => {
  const purchases = [APPLE]
  const tagAt = (now: number) => customerText({ ...FACTS, purchases, now }, false).tag
  const before = tagAt(NOW)
  expect(tagAt(NOW + 5 * DAY_MS - 1)).toBe(before)
  expect(tagAt(NOW + 5 * DAY_MS)).not.toBe(before)
  expect(tagAt(NOW)).toBe(before)
})
