import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Product } from '../../core/catalog/catalog.ts'
import { DAY_MS, MINUTE_MS } from '../../core/lib/clock.ts'
import type { Project } from '../../core/projects/project.ts'
import { charge, PRICE, product, snapshot } from '../../core/purchases/fixtures/chain.ts'
import type { PurchaseSnapshot } from '../../core/purchases/snapshot.ts'
import { advanceSubscription as timelineOf } from './advance-subscription.ts'

const MONTHLY = product('monthly')
const START = Date.parse('2026-01-31T10:00:00Z')
const CALENDAR = { testStorePace: 'calendar', testStoreMaxRenewals: null } as const
const FAST = { testStorePace: 'accelerated', testStoreMaxRenewals: null } as const

/** The last word of the store, as of when everything until then had happened. */
function advanceSubscription(
  stored: PurchaseSnapshot,
  sold: Product,
  project: Pick<Project, 'testStorePace' | 'testStoreMaxRenewals'>,
  now: number,
): PurchaseSnapshot {
  const last = timelineOf(stored, { products: new Map([[sold.productId, sold]]), project }, now).at(-1)
  if (last === undefined) throw new Error('a timeline ends now')
  return last
}

const at = (text: string) => Date.parse(`${text}T10:00:00Z`)
const day = (time: number | null | undefined) => (time ? new Date(time).toISOString().slice(0, 10) : null)

/** A subscription bought on 31 January that has been charged once. */
function bought(facts: Partial<Parameters<typeof charge>[1]> = {}): PurchaseSnapshot {
  return snapshot([charge(1, { purchasedAt: START, expiresAt: at('2026-02-28'), ...facts })], {
    storePurchaseId: 'token',
    asOf: START,
  })
}

describe('before the end of a period', () => {
  test('nothing is charged, and the store is asked again at the end', () => {
    const said = advanceSubscription(bought(), MONTHLY, CALENDAR, at('2026-02-28') - 1)
    expect(said).toEqual({ ...bought(), asOf: at('2026-02-28') - 1 })
    expect(said.nextCheckAt).toBe(at('2026-02-28'))
  })
})

describe('a renewal', () => {
  test('is one charge that begins where the last period ended', () => {
    const said = advanceSubscription(bought(), MONTHLY, CALENDAR, at('2026-02-28'))
    expect(said.transactions).toHaveLength(2)
    expect(said.transactions[1]).toEqual({
      storeTransactionId: 'token..1',
      productId: 'monthly',
      periodType: 'normal',
      purchasedAt: at('2026-02-28'),
      expiresAt: at('2026-03-31'),
      price: PRICE,
      refund: null,
    })
    expect(said.nextCheckAt).toBe(at('2026-03-31'))
  })

  test('follows a trial as a paid charge, and the months count from there', () => {
    const trial = bought({ periodType: 'trial', purchasedAt: at('2026-01-24'), expiresAt: START })
    const said = advanceSubscription(trial, MONTHLY, CALENDAR, at('2026-05-01'))
    expect(said.transactions.map((item) => item.periodType)).toEqual(['trial', 'normal', 'normal', 'normal', 'normal'])
    expect(said.transactions.map((item) => day(item.expiresAt))).toEqual([
      '2026-01-31',
      '2026-02-28',
      '2026-03-31',
      '2026-04-30',
      '2026-05-31',
    ])
  })

  test('of a subscription whose renewal is off does not happen', () => {
    const ended = { ...bought(), autoRenews: false, unsubscribeDetectedAt: START, nextCheckAt: null }
    expect(advanceSubscription(ended, MONTHLY, CALENDAR, at('2026-09-01'))).toEqual({
      ...ended,
      asOf: at('2026-09-01'),
    })
  })
})

describe('after a long stop', () => {
  test('every period that passed is made up for, without a gap', () => {
    const said = advanceSubscription(bought(), MONTHLY, CALENDAR, at('2026-05-15'))
    expect(said.transactions.map((item) => day(item.purchasedAt))).toEqual([
      '2026-01-31',
      '2026-02-28',
      '2026-03-31',
      '2026-04-30',
    ])
  })

  test('of very many periods, one step takes a hundred and is due again at once for the rest', () => {
    const now = START + DAY_MS
    const once = advanceSubscription(bought({ expiresAt: START + 5 * MINUTE_MS }), MONTHLY, FAST, now)
    expect(once.transactions).toHaveLength(101)
    expect(once.nextCheckAt).toBeLessThan(now)
    let said = once
    for (let steps = 1; (said.nextCheckAt ?? 0) <= now; steps++) {
      expect(steps).toBeLessThan(5)
      said = advanceSubscription(said, MONTHLY, FAST, now)
    }
    expect(said.transactions).toHaveLength(1 + (24 * 60) / 5)
    expect(new Set(said.transactions.map((item) => item.storeTransactionId)).size).toBe(said.transactions.length)
  })
})

describe('a limit of renewals', () => {
  test.each([0, 1, 5])(
    'of %i ends the subscription after as many, as cancelled at its last end',
    (testStoreMaxRenewals) => {
      const limited = { ...CALENDAR, testStoreMaxRenewals }
      const said = advanceSubscription(bought(), MONTHLY, limited, at('2027-01-01'))
      expect(said.transactions).toHaveLength(1 + testStoreMaxRenewals)
      expect(said).toMatchObject({
        autoRenews: false,
        unsubscribeDetectedAt: said.transactions.at(-1)?.expiresAt,
        nextCheckAt: null,
      })
      expect(advanceSubscription(said, MONTHLY, limited, at('2028-01-01'))).toEqual({ ...said, asOf: at('2028-01-01') })
    },
  )

  test('counts the conversion of a trial as the first renewal', () => {
    const trial = bought({ periodType: 'trial', expiresAt: START + DAY_MS })
    const said = advanceSubscription(trial, MONTHLY, { ...CALENDAR, testStoreMaxRenewals: 1 }, at('2027-01-01'))
    expect(said.transactions.map((item) => item.periodType)).toEqual(['trial', 'normal'])
  })
})

describe('a change of the pace', () => {
  test('to minutes goes on from the paid end, and does not charge thousands of times for the months before', () => {
    const year = advanceSubscription(bought(), MONTHLY, CALENDAR, at('2026-12-20'))
    const endsAt = year.transactions.at(-1)?.expiresAt ?? 0
    const said = advanceSubscription(year, MONTHLY, FAST, endsAt + 12 * MINUTE_MS)
    const added = said.transactions.slice(year.transactions.length)
    expect(added.map((item) => (item.expiresAt ?? 0) - endsAt)).toEqual(
      [5, 10, 15].map((minutes) => minutes * MINUTE_MS),
    )
  })

  test('to months makes the next period a month, not one for each period that passed in minutes', () => {
    const fast = advanceSubscription(
      bought({ expiresAt: START + 5 * MINUTE_MS }),
      MONTHLY,
      FAST,
      START + 29 * MINUTE_MS,
    )
    const said = advanceSubscription(fast, MONTHLY, CALENDAR, START + 30 * MINUTE_MS)
    expect(said.transactions.at(-1)).toMatchObject({
      purchasedAt: START + 30 * MINUTE_MS,
      expiresAt: Date.parse('2026-02-28T10:30:00Z'),
    })
  })
})

test('however often and whenever the store is asked, it says the same: steps do not matter', () => {
  const asked = fc.array(fc.integer({ min: 0, max: 900 }), { maxLength: 8 })
  fc.assert(
    fc.property(asked, fc.option(fc.nat(6)), (days, testStoreMaxRenewals) => {
      const project = { ...CALENDAR, testStoreMaxRenewals }
      const times = [...days, 900].sort((one, other) => one - other).map((count) => START + count * DAY_MS)
      const inSteps = times.reduce((said, now) => advanceSubscription(said, MONTHLY, project, now), bought())
      expect(inSteps).toEqual(advanceSubscription(bought(), MONTHLY, project, START + 900 * DAY_MS))
      for (const [index, item] of inSteps.transactions.entries()) {
        expect(item.purchasedAt).toBe(inSteps.transactions[index - 1]?.expiresAt ?? START)
      }
    }),
  )
})
