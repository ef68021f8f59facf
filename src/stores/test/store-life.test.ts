import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DAY_MS } from '../../core/lib/clock.ts'
import type { PurchaseDecision } from '../../core/purchases/decide-purchase.ts'
import { chargesAfter, decideTimeline } from '../../core/purchases/decide-timeline.ts'
import { START } from '../../core/purchases/fixtures/chain.ts'
import { givesAccess, type Purchase, type PurchaseTransaction } from '../../core/purchases/purchase.ts'
import type { PurchaseSnapshot } from '../../core/purchases/snapshot.ts'
import { type Birth, liveThrough, SHOP, type Step } from './fixtures/store-life.ts'

const STEPS_MAX = 40

const action: fc.Arbitrary<Step['action']> = fc.oneof(
  fc
    .constantFrom(
      ...(['wait', 'renew', 'cancel', 'unsubscribe', 'uncancel', 'give_up_billing', 'refund_latest'] as const),
      ...(['reverse_refund', 'revoke', 'withdraw_change', 'ask_price_consent', 'give_price_consent'] as const),
      'end_family_sharing' as const,
    )
    .map((kind) => ({ kind })),
  fc.constantFrom(0, 0, 6, 16).map((graceDays) => ({ kind: 'fail_billing' as const, graceDays })),
  fc.integer({ min: 1, max: 90 }).map((days) => ({ kind: 'extend' as const, days, reasonCode: 0 })),
  fc.integer({ min: 1, max: 300 }).map((days) => ({ kind: 'defer' as const, expiresAt: START + days * DAY_MS })),
  fc.integer({ min: 1, max: 60 }).map((days) => ({ kind: 'pause' as const, days })),
  fc.integer({ min: 1, max: 100 }).map((percent) => ({ kind: 'refund_part' as const, percent })),
  fc.constantFrom('tx1', 'chain1..1', 'chain1..2').map((id) => ({ kind: 'refund' as const, storeTransactionId: id })),
  fc.record({
    kind: fc.constant('change_product' as const),
    storeProductId: fc.constantFrom('monthly', 'yearly'),
    isAtRenewal: fc.boolean(),
  }),
)
const steps = fc.array(fc.record({ afterDays: fc.constantFrom(0, 1, 3, 10, 31, 70), action }), { maxLength: STEPS_MAX })
const birth: fc.Arbitrary<Birth> = fc.record({
  periodType: fc.constantFrom('trial', 'normal', 'intro'),
  ownership: fc.constantFrom('PURCHASED', 'PURCHASED', 'FAMILY_SHARED'),
  productId: fc.constantFrom('monthly', 'yearly'),
})

type Heard = { purchase: Purchase | null; stored: PurchaseTransaction[]; told: Map<string, unknown>; units: string[] }

const NOTHING: Heard = { purchase: null, stored: [], told: new Map(), units: [] }

/** What the server makes of several words of the store, given what it had made of earlier ones. */
function hear(heard: Heard, timeline: readonly PurchaseSnapshot[]): Heard {
  if (timeline.length === 0) return heard
  const own = { purchaseId: 'purch1', presentedOffering: null, catalog: SHOP }
  const decision = decideTimeline({ current: heard.purchase, stored: heard.stored, timeline, ...own })
  return {
    purchase: decision.purchase,
    stored: chargesAfter(heard.stored, decision),
    told: new Map([...heard.told, ...decision.events.map(({ key, ...event }) => [key ?? '', event] as const)]),
    units: [...heard.units, ...unitsOf(decision)],
  }
}

function unitsOf({ grants, refunds }: PurchaseDecision): string[] {
  const given = grants.map(({ storeTransactionId, currency, amount }) => `${storeTransactionId} +${amount} ${currency}`)
  return [
    ...given,
    ...refunds.map(
      ({ kind, storeTransactionId, share }) => `${storeTransactionId} ${kind} ${share.part}/${share.whole}`,
    ),
  ]
}

/** One word after the other, each when it was so. */
function hearAll(timeline: readonly PurchaseSnapshot[]): Heard {
  return timeline.reduce((heard, word) => hear(heard, [word]), NOTHING)
}

/** The words that say something new. Whoever hears only these has to see by itself what had ended in between. */
function happenings(timeline: readonly PurchaseSnapshot[]): PurchaseSnapshot[] {
  const gist = ({ asOf, nextCheckAt, ...facts }: PurchaseSnapshot) => JSON.stringify(facts)
  return timeline.filter((word, index) => {
    const before = timeline[index - 1]
    return before === undefined || index === timeline.length - 1 || gist(word) !== gist(before)
  })
}

/** A look at the store knows all until some instant. The looks arrive late, twice or never; a re-check comes at last. */
const looks = fc.array(fc.nat(100), { maxLength: 15 })

test('in any order of arrival, with repeats and losses, a re-check leads to the same state, events and units', () => {
  fc.assert(
    fc.property(birth, steps, looks, (born, life, arrivals) => {
      const { timeline } = liveThrough(born, life)
      const expected = hearAll(timeline)
      let heard = NOTHING
      const news = happenings(timeline)
      for (const arrival of arrivals) heard = hear(heard, news.slice(0, 1 + (arrival % news.length)))
      heard = hear(heard, news)
      expect(heard.purchase).toEqual(expected.purchase)
      expect(heard.stored).toEqual(expected.stored)
      expect([...heard.told].sort()).toEqual([...expected.told].sort())
      expect(heard.units.toSorted()).toEqual(expected.units.toSorted())
    }),
    { numRuns: 2_000 },
  )
})

test('no notice brings a state back that the store has left', () => {
  fc.assert(
    fc.property(birth, steps, looks, (born, life, arrivals) => {
      const { timeline } = liveThrough(born, life)
      let heard = NOTHING
      let newest = -1
      for (const arrival of arrivals) {
        const index = arrival % timeline.length
        newest = Math.max(newest, index)
        heard = hear(heard, timeline.slice(0, index + 1))
        expect(heard.purchase).toEqual(hearAll(timeline.slice(0, newest + 1)).purchase)
      }
    }),
    { numRuns: 300 },
  )
})

test("access at every instant is the store's own idea of it", () => {
  fc.assert(
    fc.property(birth, steps, (born, life) => {
      const { timeline, access } = liveThrough(born, life)
      const states = timeline.map((word, index) => ({ asOf: word.asOf, ...hearAll(timeline.slice(0, index + 1)) }))
      for (const instant of access.instants()) {
        const known = states.findLast(({ asOf }) => asOf <= instant)?.purchase ?? null
        expect([instant, known !== null && givesAccess(known, instant)]).toEqual([instant, access.at(instant)])
      }
    }),
    { numRuns: 1_000 },
  )
})

test('every end of access is told once it is known, and nothing is told twice', () => {
  fc.assert(
    fc.property(birth, steps, (born, life) => {
      const { timeline } = liveThrough(born, life)
      const keys: string[] = []
      let heard = NOTHING
      for (const word of timeline) {
        const own = { purchaseId: 'purch1', presentedOffering: null, catalog: SHOP }
        const decision = decideTimeline({ current: heard.purchase, stored: heard.stored, timeline: [word], ...own })
        keys.push(...decision.events.map(({ key }) => key ?? 'none'))
        heard = hear(heard, [word])
        const { purchase } = decision
        const isOpen = givesAccess(purchase, word.asOf)
        // What renews is told to have ended only by a charge that failed, and not for want of news.
        const isAwaited =
          purchase.autoRenews && purchase.billingIssueDetectedAt === null && purchase.autoResumeAt === null
        if (isOpen) expect(purchase.expirationSeenAt).toBeNull()
        else if (!isAwaited) expect(purchase.expirationSeenAt).not.toBeNull()
      }
      expect(keys).toEqual([...new Set(keys)])
    }),
    { numRuns: 1_000 },
  )
})
