import fc from 'fast-check'
import { expect, test } from 'vitest'
import { byLockOrder, type CustomerRef, isSameCustomer } from './customer.ts'

const ref: fc.Arbitrary<CustomerRef> = fc.record({
  projectId: fc.constant('proj'),
  bucket: fc.nat(3),
  customerId: fc.constantFrom('cust1', 'cust2', 'cust3'),
})

test('the lock order is the same whoever sorts, so two transactions never wait for each other', () => {
  fc.assert(
    fc.property(fc.array(ref, { maxLength: 8 }), fc.func(fc.nat()), (refs, shuffle) => {
      const shuffled = [...refs].sort((one, other) => shuffle(one) - shuffle(other))
      expect([...shuffled].sort(byLockOrder)).toEqual([...refs].sort(byLockOrder))
    }),
  )
})

test('a customer is the same by project and id alone', () => {
  const customer = { projectId: 'proj', bucket: 1, customerId: 'cust1' }
  expect(isSameCustomer(customer, { ...customer, bucket: 2 })).toBe(true)
  expect(isSameCustomer(customer, { ...customer, projectId: 'other' })).toBe(false)
  expect(isSameCustomer(customer, { ...customer, customerId: 'cust2' })).toBe(false)
})
