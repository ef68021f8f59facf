import { describe, expect, it } from 'vitest'
import type { CustomerChange } from '../core/events/event.ts'
import { CLOSE } from './close.ts'
import type { ServerFrame } from './envelope.ts'
import { FRAMES_MAX, FRAMES_WINDOW_MS, openSession, type SessionInput, step } from './protocol.ts'
import type { Step } from './session-state.ts'

const NOW = Date.UTC(2026, 4, 4, 10)
const LIFE_MS = 15 * 60_000

/** A session of user `me`, driven by hand. Collects what it sends and how it ends. */
function session(topics: string[] = ['user:me'], revision = 5) {
  let now = NOW
  let state = openSession({ userId: 'me', customerId: 'c1', topics, revision, expiresAt: NOW + LIFE_MS, now }).state
  const closes: Step['close'][] = []
  const give = (input: SessionInput): readonly ServerFrame[] => {
    const next = step(state, input)
    state = next.state
    if (next.close !== null) closes.push(next.close)
    return next.frames
  }
  return {
    closes,
    state: () => state,
    frame: (frame: unknown) => give({ type: 'frame', text: JSON.stringify(frame), now }),
    text: (text: string) => give({ type: 'frame', text, now }),
    change: (fields: Partial<CustomerChange>) => give({ type: 'change', change: change(fields), now }),
    revision: (customerId: string, seen: number) => give({ type: 'revision', customerId, revision: seen, now }),
    give: (input: Pick<SessionInput, 'type'>) => give({ ...input, now } as SessionInput),
    /** Lets time pass in steps of a second, and answers all that was sent meanwhile. */
    pass(ms: number) {
      const sent: ServerFrame[] = []
      for (const end = now + ms; now < end; ) {
        now = Math.min(end, now + 1000)
        sent.push(...give({ type: 'tick', now }))
      }
      return sent
    },
    jump(ms: number) {
      now += ms
    },
  }
}

function change(fields: Partial<CustomerChange>): CustomerChange {
  return {
    projectId: 'proj',
    customerId: 'c1',
    revision: 6,
    kinds: ['usage'],
    cause: 'admin_adjust',
    currency: 'CRD',
    occurredAt: NOW,
    absorbedCustomerId: null,
    ...fields,
  }
}

const brief = (frames: readonly ServerFrame[]) =>
  frames.map((frame) => ('seq' in frame.data ? `${frame.event} ${frame.data.seq}` : frame.event))

const subscribe = (topics: string[], cursor?: number) => ({ v: 1, op: 'subscribe', topics, cursor })

describe('opening', () => {
  it('greets with the user, the time, the topics and the revision, and drops topics of others', () => {
    const opening = { userId: 'me', customerId: 'c1', revision: 5, expiresAt: NOW + LIFE_MS, now: NOW }
    const { frames } = openSession({ ...opening, topics: ['user:me', 'user:you'] })
    const data = { user_id: 'me', server_time: '2026-05-04T10:00:00.000Z', topics: ['user:me'], seq: 5 }
    expect(frames).toEqual([{ event: 'connected', data }])
  })
})

describe('invalidations', () => {
  it('carry what changed and when, but no amount', () => {
    const [frame] = session().change({})
    expect(frame).toEqual({
      event: 'usage.changed',
      data: {
        id: 'c1:usage:6',
        topic: 'user:me',
        silent: true,
        seq: 6,
        occurred_at: '2026-05-04T10:00:00.000Z',
        cause: 'admin_adjust',
        currency: 'CRD',
      },
    })
  })

  it('name no currency when there is not exactly one, and never on entitlements', () => {
    const frames = session().change({ kinds: ['usage', 'entitlements', 'profile'], currency: null })
    expect(brief(frames)).toEqual(['usage.changed 6', 'entitlements.changed 6'])
    for (const { data } of [...frames, ...session().change({ kinds: ['entitlements'] })]) {
      expect(data).not.toHaveProperty('currency')
    }
  })

  it('are sent only to a session that subscribed to the topic of its user', () => {
    const narrow = session(['user:me:toasts'])
    expect(narrow.change({})).toEqual([])
    const me = session()
    me.frame({ v: 1, op: 'unsubscribe', topics: ['user:me'] })
    expect(me.change({})).toEqual([])
    expect(me.pass(5000)).toEqual([])
  })

  it('ignore changes of other customers and changes that are already told', () => {
    const me = session()
    expect(me.change({ customerId: 'c2', revision: 9 })).toEqual([])
    expect(me.change({ revision: 5 })).toEqual([])
    expect(brief(me.change({ revision: 6 }))).toEqual(['usage.changed 6'])
    me.jump(2000)
    expect(me.change({ revision: 6 })).toEqual([])
    expect(me.change({ revision: 5, kinds: ['entitlements'] })).toEqual([])
  })

  it('tell both kinds when a revision was skipped: the lost change may be of either, and the cursor is past it', () => {
    const me = session()
    expect(brief(me.change({ revision: 7 }))).toEqual(['usage.changed 7', 'entitlements.changed 7'])
    me.jump(2000)
    expect(me.change({ revision: 6, kinds: ['entitlements'] })).toEqual([])
  })

  it('wait a second after what the same device was told on the poll before', () => {
    const opening = { userId: 'me', customerId: 'c1', topics: ['user:me'], revision: 5, expiresAt: NOW + LIFE_MS }
    const { state } = openSession({ ...opening, toldAt: NOW - 400, now: NOW })
    const first = step(state, { type: 'change', change: change({}), now: NOW })
    expect(first.frames).toEqual([])
    expect(brief(step(first.state, { type: 'tick', now: NOW + 600 }).frames)).toEqual(['usage.changed 6'])
  })
})

describe('coalescing', () => {
  it('sends the first at once and joins the others of the second to one with the newest revision', () => {
    const me = session()
    expect(brief(me.change({ revision: 6 }))).toEqual(['usage.changed 6'])
    for (const revision of [7, 8, 9]) {
      me.jump(100)
      expect(me.change({ revision, cause: 'purchase' })).toEqual([])
    }
    const [trailing, ...more] = me.pass(5000)
    expect(more).toEqual([])
    expect(trailing?.data).toMatchObject({ seq: 9, cause: 'purchase', currency: 'CRD' })
  })

  it('drops the currency when the joined changes are of several', () => {
    const me = session()
    me.change({ revision: 6 })
    me.change({ revision: 7, currency: 'CRD' })
    me.change({ revision: 8, currency: 'GEM' })
    expect(me.pass(1000)[0]?.data).not.toHaveProperty('currency')
  })

  it('lets no later revision overtake an earlier one that still waits', () => {
    const me = session()
    me.change({ revision: 6, kinds: ['usage'] })
    me.jump(100)
    me.change({ revision: 7, kinds: ['usage'] })
    expect(me.change({ revision: 8, kinds: ['entitlements'] })).toEqual([])
    expect(brief(me.pass(1000))).toEqual(['usage.changed 7', 'entitlements.changed 8'])
  })

  it('goes on after the clock was set back', () => {
    const me = session()
    me.change({ revision: 6 })
    me.jump(-60_000)
    expect(brief(me.change({ revision: 7 }))).toEqual(['usage.changed 7'])
  })
})

describe('cursors', () => {
  it('replay one envelope of each kind when the customer changed since, once', () => {
    const me = session()
    const frames = me.frame(subscribe(['user:me'], 3))
    expect(brief(frames)).toEqual(['usage.changed 5', 'entitlements.changed 5', 'subscribed'])
    expect(frames[0]?.data).toMatchObject({ cause: 'replay' })
    expect(frames[2]?.data).toEqual({ topics: ['user:me'], rejected: [], replayed: 2 })
    me.jump(5000)
    expect(me.frame(subscribe(['user:me'], 3)).at(-1)?.data).toMatchObject({ replayed: 0 })
  })

  it('replay nothing without a change, without a cursor, or without the topic', () => {
    expect(brief(session().frame(subscribe(['user:me'], 5)))).toEqual(['subscribed'])
    expect(brief(session().frame(subscribe(['user:me'])))).toEqual(['subscribed'])
    expect(brief(session(['user:me:x']).frame(subscribe(['user:me:y'], 0)))).toEqual(['subscribed'])
  })

  it('do not repeat what this socket was just told', () => {
    const me = session()
    me.change({ revision: 6 })
    expect(brief(me.frame(subscribe(['user:me'], 5)))).toEqual(['entitlements.changed 6', 'subscribed'])
  })

  it('replay what happened between unsubscribing and subscribing again', () => {
    const me = session()
    me.change({ revision: 6 })
    me.jump(5000)
    me.frame({ v: 1, op: 'unsubscribe', topics: ['user:me'] })
    me.change({ revision: 7 })
    expect(me.frame(subscribe(['user:me'], 6)).at(-1)?.data).toMatchObject({ replayed: 2 })
  })
})

describe('merges and missed changes', () => {
  it('move the session to the surviving customer, whose revisions count from then on', () => {
    const me = session(['user:me'], 412)
    const merged = me.change({ customerId: 'c2', absorbedCustomerId: 'c1', revision: 4, cause: 'merge' })
    expect(brief(merged)).toEqual(['usage.changed 4', 'entitlements.changed 4'])
    expect(me.state().customerId).toBe('c2')
    me.jump(5000)
    expect(me.change({ customerId: 'c1', revision: 413 })).toEqual([])
    expect(brief(me.change({ customerId: 'c2', revision: 5 }))).toEqual(['usage.changed 5'])
  })

  it('replay for a cursor that is ahead: it counts the revisions of a customer that was merged away', () => {
    expect(
      session(['user:me'], 4)
        .frame(subscribe(['user:me'], 412))
        .at(-1)?.data,
    ).toMatchObject({ replayed: 2 })
  })

  it('tell both kinds when a higher revision or another customer is read than the bus told of', () => {
    const me = session()
    expect(me.revision('c1', 5)).toEqual([])
    expect(brief(me.revision('c1', 6))).toEqual(['usage.changed 6', 'entitlements.changed 6'])
    me.jump(5000)
    expect(brief(me.revision('c2', 2))).toEqual(['usage.changed 2', 'entitlements.changed 2'])
  })
})

describe('keeping alive', () => {
  it('pings every 30 s on both levels and answers a ping', () => {
    const me = session()
    expect(brief(me.pass(29_000))).toEqual([])
    expect(brief(me.pass(1000))).toEqual(['ping'])
    expect(step(me.state(), { type: 'tick', now: NOW + 60_000 }).isProbing).toBe(true)
    expect(me.frame({ v: 1, op: 'ping' })).toEqual([{ event: 'pong', data: {} }])
    expect(me.frame({ v: 1, op: 'pong' })).toEqual([])
  })

  it('never takes the silence of a client for its end that has no way to speak', () => {
    const opening = { userId: 'me', customerId: 'c1', topics: ['user:me'], revision: 5, expiresAt: NOW + LIFE_MS }
    const { state } = openSession({ ...opening, isOneWay: true, now: NOW })
    expect(step(state, { type: 'tick', now: NOW + 10 * 60_000 }).close).toBeNull()
  })

  it.each(['frame', 'pulse'] as const)('closes 1001 after 75 s of silence, which a %s breaks', (type) => {
    const me = session()
    me.pass(74_000)
    if (type === 'pulse') me.give({ type })
    else me.frame({ v: 1, op: 'pong' })
    me.pass(74_000)
    expect(me.closes).toEqual([])
    me.pass(1000)
    expect(me.closes).toEqual([CLOSE.idle])
  })
})

describe('closing', () => {
  it.each(['tick', 'change', 'frame'] as const)(
    '4001 after auth_expired when the token expires, seen at a %s',
    (type) => {
      const me = session()
      me.jump(LIFE_MS)
      const frames = type === 'change' ? me.change({}) : type === 'frame' ? me.text('{') : me.give({ type })
      expect([frames, me.closes]).toEqual([[{ event: 'auth_expired', data: {} }], [CLOSE.tokenExpired]])
    },
  )

  it('4029 on more frames than allowed within the window, not on the same number over more time', () => {
    const me = session()
    for (let count = 0; count < FRAMES_MAX; count++) me.frame({ v: 1, op: 'ping' })
    expect(me.closes).toEqual([])
    me.jump(FRAMES_WINDOW_MS)
    for (let count = 0; count < FRAMES_MAX; count++) me.frame({ v: 1, op: 'ping' })
    expect(me.closes).toEqual([])
    me.give({ type: 'pulse' })
    expect(me.closes).toEqual([CLOSE.tooManyFrames])
  })

  it('does nothing any more afterwards', () => {
    const me = session()
    me.text('{')
    expect(me.change({})).toEqual([])
    expect(me.pass(100_000)).toEqual([])
    expect(me.closes).toEqual([CLOSE.protocolError])
  })
})
