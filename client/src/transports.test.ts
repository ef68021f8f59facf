import { describe, expect, it } from 'vitest'
import { listening } from './fixtures/listening.ts'
import type { Transport } from './realtime-options.ts'

const MINUTE_MS = 60_000

describe('a network that lets no WebSocket through', () => {
  it('is listened to by server-sent events, and by polls where those are swallowed too', async () => {
    const { server, clock, start, states } = listening()
    server.swallowed.add('websocket').add('sse')
    await start()
    await clock.advance(MINUTE_MS)
    expect(states.at(-1)).toMatchObject({ state: 'live', transport: 'poll' })
    expect(server.opened.slice(0, 5)).toEqual(['websocket', 'websocket', 'sse', 'sse', 'poll'])
  })

  it('is tried again after a while, and left when it lets one through, without a gap', async () => {
    const { server, clock, start, states, told } = listening()
    server.swallowed.add('websocket')
    await start()
    await clock.advance(MINUTE_MS / 2)
    expect(states.at(-1)).toMatchObject({ state: 'live', transport: 'sse' })
    told()
    await clock.advance(2 * MINUTE_MS)
    expect(states.at(-1)).toMatchObject({ state: 'live', transport: 'sse' })
    expect(server.opened.filter((transport) => transport === 'websocket').length).toBeGreaterThan(2)
    server.swallowed.clear()
    await clock.advance(5 * MINUTE_MS)
    expect(states.at(-1)).toMatchObject({ state: 'live', transport: 'websocket' })
    expect(server.lines.size).toBe(1)
    expect(told()).toEqual([])
  })

  it('from polls climbs back as well', async () => {
    const { server, clock, start, states } = listening()
    server.swallowed.add('websocket').add('sse')
    await start()
    await clock.advance(MINUTE_MS)
    server.swallowed.clear()
    await clock.advance(10 * MINUTE_MS)
    expect(states.at(-1)).toMatchObject({ state: 'live', transport: 'websocket' })
  })

  it('a server that says no is no fault of the transport', async () => {
    const { server, clock, start } = listening({ transports: ['sse', 'poll'] })
    server.refusals.push(...Array(4).fill({ status: 503, detail: 'unavailable' }))
    await start()
    await clock.advance(MINUTE_MS)
    expect(server.opened).toEqual(['sse'])
  })
})

describe('where bodies cannot be read piece by piece', () => {
  it('polls at once, without trying in vain again and again', async () => {
    const whole = listening()
    const { fetch } = whole.platform
    const platform = {
      WebSocket: undefined,
      fetch: async (...args: Parameters<NonNullable<typeof fetch>>) => {
        const response = await fetch?.(...args)
        if (response === undefined) throw new Error('no answer')
        const { ok, status, headers, text } = response
        return { ok, status, headers, text: text.bind(response) }
      },
    }
    const { clock, start, states } = listening({ platform: { ...whole.platform, ...platform } })
    await start()
    await whole.clock.advance(5_000)
    await clock.advance(0)
    expect(states.at(-1)).toMatchObject({ state: 'live', transport: 'poll' })
    expect(whole.server.opened.slice(0, 2)).toEqual(['sse', 'poll'])
  })

  it('takes an event source where there is one', async () => {
    const whole = listening()
    const { fetch } = whole.platform
    let opened = ''
    class Source {
      constructor(url: string) {
        opened = url
      }
      addEventListener() {}
      close() {}
    }
    const withoutBody: typeof fetch = async (url, init) => {
      const response = await fetch?.(url, init)
      if (response === undefined) throw new Error('no answer')
      return { ...response, body: null }
    }
    const platform = { ...whole.platform, WebSocket: undefined, EventSource: Source, fetch: withoutBody }
    const { clock, start } = listening({ platform })
    await start()
    await clock.flush()
    expect(opened).toBe('https://purser.example.com/realtime/events?token=token1')
  })

  it('without any way to ask it stops', async () => {
    const { start, states } = listening({ platform: { fetch: undefined } })
    await start()
    expect(states).toMatchObject([{ state: 'stopped', reason: 'unsupported' }])
  })
})

describe.each(['sse', 'poll'] satisfies Transport[])('by %s alone', (transport) => {
  it('every change arrives, and the cursor goes along after a loss', async () => {
    const { server, clock, start, told } = listening({ transports: [transport] })
    await start()
    expect(told()).toEqual(['all 7'])
    server.change('usage')
    await clock.advance(2_000)
    server.change('entitlements')
    await clock.advance(6_000)
    expect(told()).toEqual(['usage 8', 'entitlements 9'])
    server.dropAll()
    server.change('usage')
    await clock.advance(2_000)
    expect(told()[0]).toBe('all 10')
    expect(server.cursors).toContain('9')
  })

  it('knows the codes of a socket', async () => {
    const { server, clock, start, states } = listening({ transports: [transport] })
    await start()
    await clock.advance(6_000)
    server.dropAll(4001)
    await clock.advance(2_000)
    expect([server.bootstraps, states.at(-1)?.state]).toEqual([2, 'live'])
    await clock.advance(6_000)
    server.dropAll(4003)
    await clock.advance(0)
    expect(states.at(-1)).toMatchObject({ state: 'stopped', reason: 'replaced' })
  })

  it('closed it asks no more', async () => {
    const { server, clock, start } = listening({ transports: [transport] })
    const connection = await start()
    await clock.advance(2_000)
    connection.close()
    await clock.advance(0)
    const { length } = server.opened
    await clock.advance(120_000)
    expect([server.opened.length, server.lines.size, clock.timers()]).toEqual([length, 0, 0])
  })
})

describe('a poll', () => {
  it('reads everything when a merge has made the customer another one, and counts anew', async () => {
    const { server, clock, start, told } = listening({ transports: ['poll'] })
    server.revision = 500
    await start()
    told()
    server.customerId = 'cust2'
    server.revision = 3
    await clock.advance(60_000)
    expect(told()).toEqual(['all 3'])
    expect(server.polls.at(-1)).toContain('cursor=3')
    server.change('usage')
    await clock.advance(2_000)
    expect(told()).toEqual(['usage 4'])
  })

  it('is not repeated in a hurry when answers come at once', async () => {
    const { server, clock, start } = listening({ transports: ['poll'] })
    await start()
    for (let times = 0; times < 100; times += 1) {
      server.change('usage')
      await clock.advance(100)
    }
    expect(server.polls.length).toBeLessThan(14)
  })
})
