import { describe, expect, it } from 'vitest'
import type { CustomerChange } from '../core/events/event.ts'
import type { PublishedEnvelope } from '../core/events/published-envelope.ts'
import { HOUR_MS } from '../core/lib/clock.ts'
import type { ServerFrame } from './envelope.ts'
import { openSession, type SessionInput, step } from './protocol.ts'
import { isWanting } from './published-state.ts'

const NOW = Date.UTC(2026, 4, 4, 10)

/** A session of user `me`, at revision 5, that knows these messages from before. */
function session(envelopes: PublishedEnvelope[] = [], topics = ['user:me']) {
  let now = NOW
  const opening = { userId: 'me', customerId: 'c1', revision: 5, expiresAt: NOW + 900_000 }
  let { state } = openSession({ ...opening, topics, published: { revision: 5, envelopes }, now })
  const give = (input: SessionInput): readonly ServerFrame[] => {
    const next = step(state, input)
    state = next.state
    return next.frames
  }
  return {
    wants: () => isWanting(state.published),
    frame: (frame: object) => give({ type: 'frame', text: JSON.stringify({ v: 1, ...frame }), now }),
    change: (fields: Partial<CustomerChange>) => give({ type: 'change', change: { ...CHANGE, ...fields }, now }),
    publish: (one: PublishedEnvelope) =>
      give({ type: 'change', change: { ...CUSTOM, revision: one.revision, published: one }, now }),
    revision: (revision: number) => give({ type: 'revision', customerId: 'c1', revision, now }),
    read: (revision: number, read: PublishedEnvelope[], customerId = 'c1') =>
      give({ type: 'published', customerId, view: { revision, envelopes: read }, now }),
    pass(ms: number) {
      now += ms
      return give({ type: 'tick', now })
    },
  }
}

const CHANGE: CustomerChange = {
  projectId: 'proj',
  customerId: 'c1',
  revision: 6,
  kinds: ['usage'],
  cause: 'admin_adjust',
  currency: null,
  occurredAt: NOW,
  absorbedCustomerId: null,
}
const CUSTOM: CustomerChange = { ...CHANGE, kinds: ['custom'], cause: 'publish' }

function envelope(revision: number, fields: Partial<PublishedEnvelope> = {}): PublishedEnvelope {
  const kind = { topicSuffix: '', event: 'orders.updated' }
  return { envelopeId: `envl${revision}`, ...kind, revision, data: null, occurredAt: NOW, ...fields }
}

const brief = (frames: readonly ServerFrame[]) =>
  frames.map((frame) => ('seq' in frame.data ? `${frame.event} ${frame.data.seq}` : frame.event))

describe('a message that is published while somebody listens', () => {
  it('is told at once, with its data, under its own id', () => {
    expect(session().publish(envelope(6, { data: { order: 'A-1' } }))).toEqual([
      {
        event: 'orders.updated',
        data: {
          id: 'envl6',
          topic: 'user:me',
          silent: true,
          seq: 6,
          occurred_at: '2026-05-04T10:00:00.000Z',
          cause: 'publish',
          data: { order: 'A-1' },
        },
      },
    ])
  })

  it('is told once a second of each kind, the newest', () => {
    const one = session()
    expect(brief(one.publish(envelope(6)))).toEqual(['orders.updated 6'])
    expect(brief(one.publish(envelope(7)))).toEqual([])
    expect(brief(one.publish(envelope(8)))).toEqual([])
    expect(brief(one.pass(999))).toEqual([])
    expect(brief(one.pass(1))).toEqual(['orders.updated 8'])
    expect(brief(one.pass(5_000))).toEqual([])
  })

  it('never overtakes an invalidation with a lower seq, and none overtakes it', () => {
    const one = session()
    expect(brief(one.change({ revision: 6 }))).toEqual(['usage.changed 6'])
    expect(brief(one.change({ revision: 7 }))).toEqual([])
    expect(brief(one.publish(envelope(8)))).toEqual([])
    expect(brief(one.change({ revision: 9, kinds: ['entitlements'] }))).toEqual([])
    expect(brief(one.pass(1_000))).toEqual(['usage.changed 7', 'orders.updated 8', 'entitlements.changed 9'])
  })

  it('is told only to who is subscribed to its topic', () => {
    const below = { topicSuffix: ':orders' }
    expect(brief(session().publish(envelope(6, below)))).toEqual([])
    const [frame] = session([], ['user:me:orders']).publish(envelope(6, below))
    expect(frame?.data).toMatchObject({ topic: 'user:me:orders' })
    expect(brief(session([], ['user:me:orders']).publish(envelope(6)))).toEqual([])
  })
})

describe('a message that was published before', () => {
  it('is told to an older cursor, and to no other', () => {
    const kept = [envelope(3), envelope(5, { event: 'orders.deleted' })]
    const subscribe = (cursor?: number) =>
      brief(session(kept).frame({ op: 'subscribe', topics: ['user:me'], cursor })).filter((text) => /orders/.test(text))
    expect(subscribe()).toEqual([])
    expect(subscribe(5)).toEqual([])
    expect(subscribe(4)).toEqual(['orders.deleted 5'])
    expect(subscribe(0)).toEqual(['orders.updated 3', 'orders.deleted 5'])
    // A cursor that is ahead is one of another customer, or from before a database was restored.
    expect(subscribe(9)).toEqual(['orders.updated 3', 'orders.deleted 5'])
  })

  it('counts as replayed, and is not told twice', () => {
    const one = session([envelope(5)])
    const ask = { op: 'subscribe', topics: ['user:me'], cursor: 4 }
    expect(one.frame(ask).at(-1)?.data).toMatchObject({ replayed: 3 })
    expect(one.frame(ask).at(-1)?.data).toMatchObject({ replayed: 0 })
    one.frame({ op: 'unsubscribe', topics: ['user:me'] })
    expect(one.frame(ask).at(-1)?.data).toMatchObject({ replayed: 3 })
  })

  it('is forgotten after 24 hours', () => {
    const kept = [envelope(5, { occurredAt: NOW - 24 * HOUR_MS })]
    const frames = session(kept).frame({ op: 'subscribe', topics: ['user:me'], cursor: 0 })
    expect(brief(frames)).not.toContain('orders.updated 5')
  })
})

describe('a message that was published in another process', () => {
  it('is read before anything else is told', () => {
    const one = session()
    expect(brief(one.change({ ...CUSTOM, revision: 6 }))).toEqual([])
    expect(one.wants()).toBe(true)
    expect(brief(one.change({ revision: 7 }))).toEqual([])
    expect(brief(one.read(7, [envelope(6)]))).toEqual(['orders.updated 6', 'usage.changed 7'])
    expect(one.wants()).toBe(false)
  })

  it('is read again when the first look was too early', () => {
    const one = session()
    one.change({ ...CUSTOM, revision: 6 })
    one.change({ ...CUSTOM, revision: 7 })
    expect(brief(one.read(6, [envelope(6)]))).toEqual([])
    expect(one.wants()).toBe(true)
    expect(brief(one.read(7, [envelope(6), envelope(7, { event: 'orders.deleted' })]))).toEqual([
      'orders.updated 6',
      'orders.deleted 7',
    ])
  })

  it('may be behind a gap and behind a revision that was read', () => {
    const one = session()
    one.change({ revision: 8 })
    expect(one.wants()).toBe(true)
    expect(brief(one.read(8, [envelope(7)]))).toEqual(['orders.updated 7', 'usage.changed 8', 'entitlements.changed 8'])
    const other = session()
    other.revision(9)
    expect(brief(other.read(9, []))).toEqual(['usage.changed 9', 'entitlements.changed 9'])
  })
})

it('after a merge everything that is kept of the other customer is told', () => {
  const one = session([envelope(5)])
  one.change({ revision: 40, customerId: 'c2', absorbedCustomerId: 'c1', kinds: ['usage'], cause: 'merge' })
  expect(brief(one.read(5, [envelope(5)], 'c1')), 'what was read of the former customer').toEqual([])
  const frames = one.read(40, [envelope(12), envelope(40, { event: 'orders.deleted' })], 'c2')
  expect(brief(frames)).toContain('orders.updated 12')
  expect(brief(frames)).toContain('orders.deleted 40')
})
