import fc from 'fast-check'
import { expect, it, test } from 'vitest'
import { inToldOrder, type Placed } from './in-told-order.ts'

const placed: fc.Arbitrary<Placed> = fc.record({
  customerId: fc.constantFrom('anna', 'ben', 'cleo'),
  revision: fc.nat(9),
  ordinal: fc.nat(3),
  occurredAt: fc.nat(20),
})

test('every event comes once, and those of a customer by revision and place, whatever the clocks said', () => {
  fc.assert(
    fc.property(fc.array(placed), (events) => {
      const told = inToldOrder(events)
      expect(told).toHaveLength(events.length)
      expect(new Set(told)).toEqual(new Set(events))
      for (const own of Map.groupBy(told, (event) => event.customerId).values()) {
        const places = own.map(({ revision, ordinal }) => revision * 10 + ordinal)
        expect(places).toEqual([...places].sort((one, other) => one - other))
      }
    }),
  )
})

it('tells different customers by time, and does not hold one up for the late clock of another', () => {
  const event = (customerId: string, revision: number, occurredAt: number): Placed => ({
    ...{ customerId, revision, occurredAt },
    ordinal: 0,
  })
  const told = inToldOrder([event('ben', 1, 30), event('anna', 2, 10), event('cleo', 5, 25), event('anna', 1, 20)])
  expect(told.map(({ customerId, revision }) => `${customerId} ${revision}`)).toEqual([
    'anna 1',
    'anna 2',
    'cleo 5',
    'ben 1',
  ])
})
