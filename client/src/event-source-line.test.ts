import { describe, expect, it } from 'vitest'
import { eventSourceLine } from './event-source-line.ts'
import { fakeServer } from './fixtures/fake-server.ts'
import type { Ending } from './listener-state.ts'
import type { RealtimeFrame } from './realtime-options.ts'

class FakeSource {
  readonly url: string
  readonly listeners = new Map<string, (event: { data?: unknown }) => void>()
  isClosed = false

  constructor(url: string) {
    this.url = url
    opened.push(this)
  }

  addEventListener(type: string, listener: (event: never) => void) {
    this.listeners.set(type, listener as (event: { data?: unknown }) => void)
  }

  close() {
    this.isClosed = true
  }
}

const opened: FakeSource[] = []

function openSource() {
  opened.length = 0
  const frames: RealtimeFrame[] = []
  const endings: Ending[] = []
  const { platform, clock } = fakeServer()
  let pulses = 0
  const line = eventSourceLine({
    platform: { ...platform, EventSource: FakeSource },
    base: 'https://purser.example.com',
    session: { token: 'a/b', socketUrl: '', expiresAt: null, usableUntil: null },
    cursor: 9,
    frame: (frame) => frames.push(frame),
    pulse: () => {
      pulses += 1
    },
    ended: (ending) => endings.push(ending),
  })
  const source = opened[0]
  if (source === undefined) throw new Error('no source was opened')
  return { line, source, frames, endings, clock, pulses: () => pulses }
}

describe('an event source', () => {
  it('carries the token and the cursor in its address, and tells frames', () => {
    const { source, frames } = openSource()
    expect(source.url).toBe('https://purser.example.com/realtime/events?token=a%2Fb&cursor=9')
    source.listeners.get('usage.changed')?.({ data: '{"v":1,"event":"usage.changed","data":{"seq":10}}' })
    expect(frames).toEqual([{ v: 1, event: 'usage.changed', data: { seq: 10 } }])
  })

  it('does not come back by itself: the listener decides, with a token that is good', () => {
    const { source, endings } = openSource()
    source.listeners.get('error')?.({})
    source.listeners.get('error')?.({})
    expect([source.isClosed, endings.length]).toEqual([true, 1])
  })

  it('counts as alive while it reports no error, since it keeps pings to itself', async () => {
    const { line, clock, pulses } = openSource()
    await clock.advance(75_000)
    expect(pulses()).toBe(2)
    line.close()
    expect(clock.timers()).toBe(0)
  })

  it('closed tells nothing more', () => {
    const { line, source, frames, endings } = openSource()
    line.close()
    source.listeners.get('connected')?.({ data: '{"v":1,"event":"connected","data":{}}' })
    source.listeners.get('error')?.({})
    expect([source.isClosed, frames, endings]).toEqual([true, [], []])
  })
})
