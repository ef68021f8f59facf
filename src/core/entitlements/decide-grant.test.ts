import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DAY_MS, HOUR_MS } from '../lib/clock.ts'
import { decideGrant, GRANT_END_MAX, type GrantTerms, RUNNING_GRANTS_MAX } from './decide-grant.ts'
import { grantOf, GRANTED_AT as NOW } from './fixtures/grants.ts'
import { type EntitlementGrant, GRANT_DURATIONS, type GrantDuration } from './grant.ts'

const terms = (parts: Partial<GrantTerms>): GrantTerms => ({ endsAt: null, duration: null, startsAt: null, ...parts })
const decide = (parts: Partial<GrantTerms>, grants: EntitlementGrant[] = [], now = NOW) =>
  decideGrant('pro', terms(parts), grants, now)

describe('the end of a grant', () => {
  test.each<[GrantDuration, number]>([
    ['daily', 1],
    ['three_day', 3],
    ['weekly', 7],
    ['two_week', 14],
    ['monthly', 31],
    ['two_month', 61],
    ['three_month', 92],
    ['six_month', 183],
    ['yearly', 365],
    ['lifetime', 73_000],
  ])('for %s is %d days after now', (duration, days) => {
    expect(decide({ duration })).toMatchObject({ value: { duration, expiresAt: NOW + days * DAY_MS } })
  })

  test('of a lifetime is the date that was seen at RevenueCat', () => {
    const seen = decide({ duration: 'lifetime' }, [], Date.parse('2021-02-27T02:35:25Z'))
    expect(seen).toMatchObject({ value: { expiresAt: Date.parse('2221-01-10T02:35:25Z') } })
  })

  test('is moved by a start, and named by an end, which wins', () => {
    const startsAt = NOW + 5 * DAY_MS
    expect(decide({ duration: 'weekly', startsAt })).toMatchObject({ value: { expiresAt: startsAt + 7 * DAY_MS } })
    const endsAt = NOW + 90_000_000
    expect(decide({ duration: 'weekly', startsAt, endsAt })).toMatchObject({
      value: { duration: 'custom', expiresAt: endsAt },
    })
  })

  test('must be there, lie ahead, and be a date with four digits for the year', () => {
    const code = (parts: Partial<GrantTerms>) => {
      const decided = decide(parts)
      return decided.ok ? 'granted' : decided.refusal.code
    }
    expect(code({})).toBe('grant_without_end')
    expect(code({ startsAt: NOW })).toBe('grant_without_end')
    expect([code({ endsAt: NOW }), code({ endsAt: NOW + 1 })]).toEqual(['grant_ends_in_past', 'granted'])
    expect(code({ duration: 'daily', startsAt: NOW - DAY_MS })).toBe('grant_ends_in_past')
    expect([code({ endsAt: GRANT_END_MAX }), code({ endsAt: GRANT_END_MAX + 1 })]).toEqual([
      'granted',
      'grant_ends_too_late',
    ])
    expect(code({ duration: 'lifetime', startsAt: GRANT_END_MAX })).toBe('grant_ends_too_late')
  })
})

describe('a grant that ends within two hours of one', () => {
  const END = NOW + 10 * DAY_MS
  const kindOf = (grant: Partial<EntitlementGrant>, endsAt: number, now = NOW) => {
    const decided = decide({ endsAt }, [grantOf({ expiresAt: END, ...grant })], now)
    return decided.ok ? decided.value.kind : decided.refusal.code
  }

  test.each<[string, number, string]>([
    ['at the same instant', 0, 'duplicate'],
    ['two hours later', 2 * HOUR_MS, 'duplicate'],
    ['two hours earlier', -2 * HOUR_MS, 'duplicate'],
    ['a millisecond more than two hours later', 2 * HOUR_MS + 1, 'new'],
    ['a millisecond more than two hours earlier', -2 * HOUR_MS - 1, 'new'],
  ])('that runs, %s, is the duplicate it is said to be', (_name, shift, kind) => {
    expect(kindOf({}, END + shift)).toBe(kind)
    expect(kindOf({ duration: 'custom' }, END + shift)).toBe(kind)
  })

  test('of another entitlement, one that was revoked, or one that is over is a new grant', () => {
    expect(kindOf({ lookupKey: 'plus' }, END)).toBe('new')
    expect(kindOf({ revokedAt: NOW - 1, dueAt: null }, END)).toBe('new')
    expect(kindOf({}, END + 1, END)).toBe('new')
  })

  test('by its duration is a duplicate too: a repeated request is not a longer grant', () => {
    const first = grantOf({ expiresAt: NOW + GRANT_DURATIONS.monthly })
    expect(decide({ duration: 'monthly' }, [first], NOW + 1_000)).toMatchObject({ value: { kind: 'duplicate' } })
  })
})

test('a customer has so many running grants at most; those that are over do not count', () => {
  const many = Array.from({ length: RUNNING_GRANTS_MAX }, (_, index) =>
    grantOf({ grantId: `grnt${index}`, expiresAt: NOW + (index + 1) * DAY_MS }),
  )
  expect(decide({ endsAt: NOW + 999 * DAY_MS }, many)).toMatchObject({ refusal: { code: 'too_many_grants' } })
  expect(decide({ endsAt: NOW + 999 * DAY_MS }, many, NOW + DAY_MS)).toMatchObject({ value: { kind: 'new' } })
})

test('whatever was granted one after the other, few rows are kept, and none that runs or waits to be told is dropped', () => {
  const step = fc.record({
    lookupKey: fc.constantFrom('pro', 'plus'),
    duration: fc.constantFrom<GrantDuration>('daily', 'weekly', 'monthly'),
    daysLater: fc.nat(40),
    isTold: fc.boolean(),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      let [now, grants]: [number, EntitlementGrant[]] = [NOW, []]
      for (const [index, { lookupKey, duration, daysLater, isTold }] of steps.entries()) {
        now += daysLater * DAY_MS
        if (isTold) grants = grants.map((grant) => (grant.expiresAt <= now ? { ...grant, dueAt: null } : grant))
        const decided = decideGrant(lookupKey, terms({ duration }), grants, now)
        if (!decided.ok || decided.value.kind === 'duplicate') continue
        const { forgotten, expiresAt } = decided.value
        for (const grant of forgotten) expect([grant.expiresAt <= now, grant.dueAt]).toEqual([true, null])
        const kept = grants.filter((grant) => !forgotten.includes(grant))
        grants = [...kept, grantOf({ grantId: `grnt${index}`, lookupKey, duration, grantedAt: now, expiresAt })]
        const over = grants.filter((grant) => grant.expiresAt <= now && grant.dueAt === null)
        expect(over.length).toBeLessThanOrEqual(6)
      }
    }),
  )
})
