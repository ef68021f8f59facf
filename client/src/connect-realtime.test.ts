import { describe, expect, it } from 'vitest'
import { listening } from './fixtures/listening.ts'

/** Longer than a line must live to count as one that works. */
const STABLE_MS = 6_000

describe('a listener', () => {
  it('reads everything once it is greeted, and then what each change names', async () => {
    const { server, start, changes, states, told } = listening()
    await start()
    expect(states.map(({ state, transport }) => [state, transport])).toEqual([
      ['connecting', 'websocket'],
      ['live', 'websocket'],
    ])
    expect(told()).toEqual(['all 7'])
    server.change('usage', { currency: 'CRD', cause: 'admin_adjust' })
    server.change('entitlements')
    server.line().frame('something.new', { a: 1 })
    expect(changes).toEqual([
      { kind: 'usage', seq: 8, cause: 'admin_adjust', currency: 'CRD' },
      { kind: 'entitlements', seq: 9, cause: 'purchase', currency: null },
    ])
  })

  it('tells a fact once, however often it comes', async () => {
    const { server, start, told } = listening()
    await start()
    server.change('usage')
    server.line().frame('usage.changed', { id: 'cust1:usage:8', seq: 8 })
    expect(told()).toEqual(['all 7', 'usage 8'])
  })

  it('after a reconnect reads everything once, and asks for what comes after it', async () => {
    const { server, clock, start, told } = listening()
    await start()
    server.change('usage')
    told()
    await clock.advance(STABLE_MS)
    server.dropAll()
    server.change('entitlements')
    await clock.advance(600)
    expect(told()).toEqual(['all 9'])
    expect(server.line().sent).toEqual([{ v: 1, op: 'subscribe', topics: ['user:anna'], cursor: 9 }])
    expect(server.bootstraps).toBe(1)
  })

  it('after a reconnect reads everything once even when nothing seems to have happened', async () => {
    const { server, clock, start, told } = listening()
    await start()
    await clock.advance(STABLE_MS)
    server.dropAll()
    await clock.advance(600)
    expect(told()).toEqual(['all 7', 'all 7'])
  })

  it('waits half a second, then twice as long each time, and never longer than half a minute', async () => {
    const { server, clock, start, states } = listening()
    server.isDown = true
    await start()
    await clock.advance(180_000)
    const waits = states.filter(({ state }) => state === 'waiting').map(({ retryAt }) => retryAt ?? 0)
    const starts = [clock.now() - 180_000, ...waits]
    expect(waits.slice(0, 8).map((at, index) => at - (starts[index] ?? 0))).toEqual([
      500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000,
    ])
  })

  it('waits as long as the server asks', async () => {
    const { server, start, states, problems } = listening()
    server.refusals.push({ status: 429, detail: 'rate_limited: 30 a minute', retryAfter: 40 })
    await start()
    expect(problems).toMatchObject([{ code: 'bootstrap_failed', status: 429, message: 'rate_limited: 30 a minute' }])
    expect((states.at(-1)?.retryAt ?? 0) - server.clock.now()).toBe(40_000)
  })

  it('gives up after as many failures as it may have', async () => {
    const { server, clock, start, states } = listening({ attemptsMax: 3 })
    server.isDown = true
    await start()
    await clock.advance(60_000)
    expect(states.at(-1)).toMatchObject({ state: 'stopped', reason: 'gave_up' })
    expect(clock.timers()).toBe(0)
    expect(server.isWatched()).toBe(false)
  })

  it('renews its session before it expires, without a gap and without reading again', async () => {
    const { server, clock, start, states, told } = listening()
    await start()
    told()
    await clock.advance(14 * 60_000 + 100)
    expect(server.bootstraps).toBe(2)
    expect(server.lines.size).toBe(1)
    expect(states.map(({ state }) => state)).toEqual(['connecting', 'live'])
    expect(told()).toEqual([])
    server.change('usage')
    expect(told()).toEqual(['usage 8'])
  })

  it('reads everything when something was missed while it renewed its session', async () => {
    const { server, clock, start, told } = listening()
    await start()
    told()
    await clock.advance(14 * 60_000 - 10)
    server.revision += 1
    await clock.advance(100)
    expect(told()).toEqual(['all 8'])
  })

  it('whose line is lost while it renews its session goes on with the new one alone', async () => {
    const { server, clock, start, states } = listening({ transports: ['sse'] })
    await start()
    await clock.advance(14 * 60_000 - 10)
    server.swallowed.add('sse')
    await clock.advance(100)
    server.dropAll()
    await clock.advance(0)
    expect(states.at(-1)?.state).toBe('connecting')
    server.swallowed.clear()
    await clock.advance(20_000)
    expect(states.map(({ state }) => state)).toEqual([
      'connecting',
      'live',
      'connecting',
      'waiting',
      'connecting',
      'live',
    ])
    expect(server.lines.size).toBe(1)
  })

  it('that cannot renew keeps its line, and renews later', async () => {
    const { server, clock, start, states } = listening()
    await start()
    server.refusals.push({ status: 503, detail: 'identity_unavailable' })
    await clock.advance(14 * 60_000 + 100)
    expect(states.at(-1)?.state).toBe('live')
    await clock.advance(15_000)
    expect(server.bootstraps).toBe(3)
    expect(states.at(-1)?.state).toBe('live')
  })

  it('with an expired token gets a new one at once', async () => {
    const { server, clock, start } = listening()
    await start()
    await clock.advance(STABLE_MS)
    server.dropAll(4001)
    await clock.advance(0)
    expect([server.bootstraps, server.lines.size]).toEqual([2, 1])
  })

  it('whose tokens expire at once does not ask for them in a hurry', async () => {
    const { server, clock, start } = listening()
    await start()
    for (let times = 0; times < 20; times += 1) {
      server.dropAll(4001)
      await clock.advance(100)
    }
    expect(server.bootstraps).toBeLessThan(4)
  })

  it('does not fight for its place with a newer connection of the same device', async () => {
    const { server, clock, start, states } = listening()
    await start()
    await clock.advance(STABLE_MS)
    server.dropAll(4003)
    await clock.advance(120_000)
    expect(states.at(-1)).toMatchObject({ state: 'stopped', reason: 'replaced' })
    expect(server.opened).toHaveLength(1)
  })

  it('stops when the user is signed out', async () => {
    const { server, clock, start, states } = listening()
    await start()
    server.line().frame('session.revoked', { silent: true })
    server.dropAll(4001)
    await clock.advance(120_000)
    expect(states.at(-1)).toMatchObject({ state: 'stopped', reason: 'revoked' })
    expect(server.bootstraps).toBe(1)
  })

  it('comes back when a stopping server asked it to', async () => {
    const { server, clock, start, states } = listening()
    await start()
    await clock.advance(STABLE_MS)
    server.line().frame('going_away', { retry_after_ms: 3_456 })
    server.dropAll(1012)
    expect((states.at(-1)?.retryAt ?? 0) - clock.now()).toBe(3_456)
  })

  it('never shows the changes of another user', async () => {
    const { start, states, problems, told } = listening({ userId: 'ben' })
    await start()
    expect(told()).toEqual([])
    expect(problems).toMatchObject([{ code: 'wrong_user' }])
    expect(states.at(-1)?.state).toBe('waiting')
  })

  it('survives a callback that throws', async () => {
    const onChange = () => {
      throw new Error('app')
    }
    const { server, start, problems, states } = listening({ onChange })
    await start()
    server.change('usage')
    expect(problems.map(({ code }) => code)).toEqual(['app_failed', 'app_failed'])
    expect(states.at(-1)?.state).toBe('live')
  })

  it('closed leaves nothing behind, and tells nothing more', async () => {
    const { server, clock, start, told, states } = listening()
    const connection = await start()
    const line = server.line()
    told()
    connection.close()
    line.frame('usage.changed', { id: 'x', seq: 9 })
    await clock.advance(120_000)
    expect(told()).toEqual([])
    expect(states.at(-1)).toMatchObject({ state: 'stopped', reason: 'closed' })
    expect([server.lines.size, clock.timers(), server.isWatched()]).toEqual([0, 0, false])
  })

  it('closed while its session is fetched opens nothing', async () => {
    const { server, clock, connect } = listening()
    connect().close()
    await clock.advance(120_000)
    expect(server.opened).toEqual([])
  })
})

describe('a line that dies without a word', () => {
  it('is given up after more than two pings have been missed', async () => {
    const { server, clock, start, states } = listening()
    server.isMute = true
    await start()
    await clock.advance(74_999)
    expect(states.at(-1)?.state).toBe('live')
    await clock.advance(1)
    expect(states.at(-1)?.state).toBe('waiting')
    expect(server.lines.size).toBe(0)
  })

  it.each(['visible', 'online', 'offline'] as const)(
    'is found out within seconds when the page hears %s',
    async (news) => {
      const { server, clock, start, states } = listening()
      await start()
      await clock.advance(STABLE_MS)
      server.news(news)
      expect(server.line().sent.at(-1)).toEqual({ v: 1, op: 'ping' })
      await clock.advance(5_000)
      expect(states.at(-1)?.state).toBe('waiting')
    },
  )

  it('is kept when it answers', async () => {
    const { server, clock, start, states } = listening()
    await start()
    server.news('visible')
    server.line().frame('pong')
    await clock.advance(10_000)
    expect(states.at(-1)?.state).toBe('live')
  })

  it.each(['visible', 'online'] as const)('comes back at once when the page hears %s', async (news) => {
    const { server, clock, start, states } = listening()
    server.isDown = true
    await start()
    await clock.advance(40_000)
    server.isDown = false
    server.news(news)
    await clock.advance(0)
    expect(states.at(-1)?.state).toBe('live')
  })
})
