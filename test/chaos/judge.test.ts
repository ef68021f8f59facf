import { expect, it } from 'vitest'
import { createJudge, type Received } from './judge.ts'

const T0 = Date.UTC(2026, 4, 4, 10)

function told(seq: number, fields: Partial<Received> & { changedAt?: number } = {}): Received {
  const { changedAt = T0, ...others } = fields
  const occurred_at = new Date(changedAt).toISOString()
  return { event: 'usage.changed', id: `c1:usage:${seq}`, topic: 'user:anna', seq, occurred_at, ...others }
}

/** The faults after these arrivals on one line that opened at T0. */
function judged(...arrivals: [Received, number][]): readonly string[] {
  const judge = createJudge('anna')
  judge.lineOpened('line', T0)
  for (const [envelope, afterMs] of arrivals) judge.received('line', envelope, T0 + afterMs)
  return judge.faults
}

// A judge that finds nothing would let every chaos pass.
it.each([
  ['an envelope of another user', judged([told(2, { topic: 'user:ben' }), 0])],
  ['two envelopes within a second of the line', judged([told(2), 0], [told(3), 999])],
  [
    'two envelopes within a second of the change that the first tells',
    judged([told(2, { changedAt: T0 + 60_000 }), 60_000], [told(3, { changedAt: T0 + 60_900 }), 60_999]),
  ],
  ['the same envelope twice', judged([told(2), 0], [told(2), 5_000])],
  ['an older revision after a newer one', judged([told(3), 0], [told(2), 5_000])],
])('%s is a fault', (_what, faults) => {
  expect(faults).toHaveLength(1)
})

it('a second between envelopes of one kind, and both kinds at once, are fine', () => {
  const access = { event: 'entitlements.changed', id: 'c1:entitlements:2' }
  expect(judged([told(2), 0], [told(2, access), 0], [told(3, { changedAt: T0 + 900 }), 1_000])).toEqual([])
})

it('an envelope over a line that was never opened is a fault, and its customer is noted', () => {
  const judge = createJudge('anna')
  judge.received('elsewhere', told(2), T0)
  judge.lineOpened('line', T0)
  judge.received('line', told(3, { id: 'c2:usage:3' }), T0)
  expect([judge.faults.length, [...judge.customers], judge.count]).toEqual([1, ['c2'], 2])
})
