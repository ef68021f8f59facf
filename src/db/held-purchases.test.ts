import { expect, test } from 'vitest'
import type { Customer } from '../core/customers/customer.ts'
import { type HeldFacts, heldViews } from './held-purchases.ts'

const START = 1_700_000_000_000
const customer = (customerId: string): Customer => ({
  projectId: 'proj1',
  bucket: 1,
  customerId,
  originalAppUserId: customerId,
  firstSeenAt: START,
  lastSeenAt: START,
  revision: 3,
  mergedIntoId: null,
})
const facts = (count: number) => ({ purchases: Array.from({ length: count }), grants: [] }) as unknown as HeldFacts

test('what was read is held with the customer and the revision that it is of, for a minute', () => {
  let now = START
  const views = heldViews({ now: () => now })
  const kept = views.keep('one', customer('cus1'), facts(2))
  expect(views.get('one')).toMatchObject({ customerId: 'cus1', revision: 3 })
  expect(views.get('one')?.facts).toBe(kept)
  now += 59_999
  expect(views.get('one')).not.toBeNull()
  now += 1
  expect(views.get('one')).toBeNull()
})

test('nothing is held when the clock was set back', () => {
  let now = START
  const views = heldViews({ now: () => now })
  views.keep('one', customer('cus1'), facts(0))
  now -= 1
  expect(views.get('one')).toBeNull()
})

test('customers and purchases together are 20,000 at most, and the longest unused go first', () => {
  const views = heldViews({ now: () => START })
  for (let index = 0; index < 200; index++) views.keep(`${index}`, customer(`cus${index}`), facts(99))
  expect(views.get('0')).not.toBeNull()
  views.keep('another', customer('another'), facts(99))
  expect(views.get('1')).toBeNull()
  for (const name of ['0', '2', 'another']) expect(views.get(name)).not.toBeNull()
})

test('somebody with more than 500 purchases is not held, and nobody goes for their sake', () => {
  const views = heldViews({ now: () => START })
  views.keep('one', customer('cus1'), facts(1))
  views.keep('many', customer('cus2'), facts(500))
  expect([views.get('many'), views.get('one') === null]).toEqual([null, false])
})
