import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CustomerChange } from '../core/events/event.ts'
import type { ServerFrame } from './envelope.ts'
import { openSession, type SessionInput, step } from './protocol.ts'

const START = 1_700_000_000_000
const CUSTOMERS = ['c1', 'c2', 'c3']

/** JSON that is nearly right more often than not, and names other users' topics. */
const frameText = fc.oneof(
  fc.string(),
  fc.json(),
  fc
    .record(
      {
        v: fc.constantFrom<unknown>(1, 2, '1'),
        op: fc.constantFrom<unknown>('subscribe', 'unsubscribe', 'ping', 'pong', '__proto__', 3),
        topics: fc.oneof(
          fc.array(fc.constantFrom('user:me', 'user:me:a', 'user:you', 'user:you:a', 'org:1', '__proto__')),
          fc.jsonValue(),
        ),
        cursor: fc.oneof(fc.nat(20), fc.jsonValue()),
      },
      { requiredKeys: ['v', 'op'] },
    )
    .map((frame) => JSON.stringify(frame)),
)

const change: fc.Arbitrary<CustomerChange> = fc.record({
  projectId: fc.constant('proj'),
  customerId: fc.constantFrom(...CUSTOMERS),
  revision: fc.nat(30),
  kinds: fc.subarray(['usage', 'entitlements', 'profile'] as const),
  cause: fc.constantFrom('purchase', 'merge'),
  currency: fc.constantFrom('CRD', null),
  occurredAt: fc.constant(START),
  absorbedCustomerId: fc.constant(null),
})

const input = fc.oneof(
  fc.record({ type: fc.constant('frame' as const), text: frameText }),
  fc.record({ type: fc.constantFrom('binary' as const, 'pulse' as const) }),
  { arbitrary: fc.record({ type: fc.constant('tick' as const) }), weight: 3 },
  { arbitrary: fc.record({ type: fc.constant('change' as const), change }), weight: 3 },
  fc.record({ type: fc.constant('revision' as const), customerId: fc.constant('c1'), revision: fc.nat(30) }),
)

/** Sequences of inputs with the time that passes before each. */
const story = fc.array(fc.tuple(input, fc.nat(1500)), { maxLength: 60 })

type Sent = { at: number; frame: ServerFrame }

function play(inputs: [object, number][]): Sent[] {
  let now = START
  const opening = { userId: 'me', customerId: 'c1', topics: ['user:me'], revision: 3, expiresAt: START + 900_000 }
  let { state } = openSession({ ...opening, now })
  const sent: Sent[] = []
  for (const [what, passesMs] of inputs) {
    now += passesMs
    const next = step(state, { ...what, now } as SessionInput)
    state = next.state
    sent.push(...next.frames.map((frame) => ({ at: now, frame })))
    for (const topic of state.topics) expect(topic.startsWith('user:me')).toBe(true)
    expect(state.isClosed || next.close === null).toBe(true)
  }
  return sent
}

const invalidations = (sent: Sent[]) =>
  sent.flatMap(({ at, frame }) =>
    'silent' in frame.data && 'seq' in frame.data ? [{ at, event: frame.event, data: frame.data }] : [],
  )

describe('whatever a client sends', () => {
  it('nothing throws, and nothing is delivered on a topic of another user', () => {
    fc.assert(
      fc.property(story, (inputs) => {
        for (const { data } of invalidations(play(inputs))) {
          expect(data.topic).toBe('user:me')
          expect(data.id.startsWith('c1:')).toBe(true)
        }
      }),
      { numRuns: 300 },
    )
  })

  it('a kind is told at most once a second, and revisions never fall on the wire', () => {
    fc.assert(
      fc.property(story, (inputs) => {
        const lastAt = new Map<string, number>()
        let seq = 0
        for (const { at, event, data } of invalidations(play(inputs))) {
          expect(at - (lastAt.get(event) ?? 0)).toBeGreaterThanOrEqual(1000)
          expect(data.seq).toBeGreaterThanOrEqual(seq)
          lastAt.set(event, at)
          seq = data.seq
        }
      }),
      { numRuns: 300 },
    )
  })

  it('whatever messages are lost: who heard of a revision was told of every change up to it', () => {
    const kind = fc.constantFrom('usage' as const, 'entitlements' as const)
    const changes = fc.array(fc.record({ kind, isLost: fc.boolean(), passesMs: fc.nat(1500) }), { maxLength: 20 })
    fc.assert(
      fc.property(changes, (happened) => {
        const all = happened.map(({ kind, ...rest }, index) => ({ kind, revision: 4 + index, ...rest }))
        const heard = all.filter(({ isLost }) => !isLost)
        const inputs = heard.map(({ kind, revision, passesMs }): [object, number] => {
          const told = { kinds: [kind], cause: 'purchase', currency: null, occurredAt: START, absorbedCustomerId: null }
          return [{ type: 'change', change: { projectId: 'proj', customerId: 'c1', revision, ...told } }, passesMs]
        })
        const told = invalidations(play([...inputs, [{ type: 'tick' }, 1000]]))
        const cursor = Math.max(3, ...told.map(({ data }) => data.seq))
        expect(cursor).toBe(heard.at(-1)?.revision ?? 3)
        for (const { kind, revision } of all.filter(({ revision }) => revision <= cursor)) {
          expect(told.some(({ event, data }) => event === `${kind}.changed` && data.seq >= revision)).toBe(true)
        }
      }),
    )
  })

  it('every change of a subscribed customer is told in the end, with a revision that covers it', () => {
    const changes = fc.array(fc.tuple(change, fc.nat(1500)), { minLength: 1, maxLength: 30 })
    fc.assert(
      fc.property(changes, (happened) => {
        const inputs: [object, number][] = happened.map(([one, ms]) => [{ type: 'change', change: one }, ms])
        const told = invalidations(play([...inputs, [{ type: 'tick' }, 1000]]))
        for (const [one] of happened) {
          if (one.customerId !== 'c1' || one.revision <= 3) continue
          for (const kind of one.kinds.filter((name) => name !== 'profile')) {
            const covering = told.find(({ event, data }) => event === `${kind}.changed` && data.seq >= one.revision)
            expect(covering).toBeDefined()
          }
        }
      }),
    )
  })
})
