import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { customerChange, startGateway } from '../../test/support/realtime-client.ts'

let rig: Awaited<ReturnType<typeof startGateway>>

beforeEach(async () => {
  rig = await startGateway()
})

afterEach(() => rig.close())

const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } })
const eventsOf = ({ body }: { body: { frames: { event: string }[] } }) => body.frames.map(({ event }) => event)

describe('a long poll', () => {
  it('answers at once without a cursor, and says where to begin', async () => {
    rig.world.put('proj', 'anna', 'c1', 7)
    const first = await rig.ask('/realtime/poll', bearer(await rig.token('anna')))
    expect([first.status, first.body.v, first.body.cursor, first.body.close]).toEqual([200, 1, 7, null])
    expect(eventsOf(first)).toEqual(['connected'])
    expect(rig.gateway.sessions()).toBe(0)
  })

  it('answers at once with what was missed, and then with nothing when asked from there', async () => {
    rig.world.put('proj', 'anna', 'c1', 9)
    const token = await rig.token('anna')
    const missed = await rig.ask('/realtime/poll?cursor=7', bearer(token))
    expect([eventsOf(missed), missed.body.cursor]).toEqual([
      ['connected', 'usage.changed', 'entitlements.changed', 'subscribed'],
      9,
    ])
    const nothing = await rig.ask('/realtime/poll?cursor=9&wait_ms=0', bearer(token))
    expect([eventsOf(nothing), nothing.body.cursor]).toEqual([['connected', 'subscribed'], 9])
  })

  it('waits for a change, and ends when the time is over', async () => {
    const token = await rig.token('anna')
    const waiting = rig.ask('/realtime/poll?cursor=1', bearer(token))
    await rig.until(1)
    rig.bus.publish(customerChange('cust_ben', 2))
    rig.bus.publish(customerChange('cust_anna', 2))
    expect((await waiting).body).toMatchObject({ cursor: 2, frames: [{}, {}, { v: 1, event: 'usage.changed' }] })
    const idle = rig.ask('/realtime/poll?cursor=2&wait_ms=5000', bearer(token))
    rig.world.put('proj', 'anna', 'cust_anna', 2)
    await rig.until(1)
    rig.world.clock.advance(5000)
    expect((await idle).body).toMatchObject({ cursor: 2, close: null })
  })

  it('tells a device no more than once a second, however fast it asks', async () => {
    const token = await rig.token('anna')
    rig.world.put('proj', 'anna', 'cust_anna', 2)
    await rig.ask('/realtime/poll?cursor=1', bearer(token))
    rig.world.put('proj', 'anna', 'cust_anna', 3)
    const soon = rig.ask('/realtime/poll?cursor=2', bearer(token))
    await rig.until(1)
    rig.world.clock.advance(1000)
    expect((await soon).body.cursor).toBe(3)
    expect(rig.sent.filter((event) => event === 'usage.changed')).toHaveLength(2)
  })

  it('is told of the end of its session: an expired token, a newer connection of its device, a drain', async () => {
    const first = await rig.token('anna')
    rig.world.clock.advance(15 * 60_000 - 10_000)
    const expiring = rig.ask('/realtime/poll?cursor=1', bearer(first))
    await rig.until(1)
    const second = await rig.token('ben', 'phone')
    const replaced = rig.ask('/realtime/poll?cursor=1', bearer(second))
    await rig.until(2)
    await rig.stream(`?token=${second}`)
    expect((await replaced).body.close).toEqual({ code: 4003, reason: 'replaced' })
    rig.world.clock.advance(10_000)
    const { body } = await expiring
    expect([body.frames.at(-1).event, body.close]).toEqual(['auth_expired', { code: 4001, reason: 'token_expired' }])
    const last = rig.ask('/realtime/poll?cursor=1', bearer(await rig.token('carl')))
    await rig.until(2)
    await Promise.all([rig.gateway.drain(), last])
    expect((await last).body).toMatchObject({ close: { code: 1012 }, cursor: 1 })
    expect(eventsOf(await last)).toContain('going_away')
  })

  it('is forgotten when its caller goes', async () => {
    const abort = new AbortController()
    const gone = rig.ask('/realtime/poll?cursor=1', { ...bearer(await rig.token('anna')), signal: abort.signal })
    await rig.until(1)
    abort.abort()
    await expect(gone).rejects.toThrow()
    await rig.until(0)
    expect(rig.gateway.sessions()).toBe(0)
  })

  it.each([
    ['cursor=', 'invalid_cursor'],
    ['cursor=1.5', 'invalid_cursor'],
    ['wait_ms=30001', 'invalid_wait'],
    ['wait_ms=soon', 'invalid_wait'],
  ])('refuses %s', async (query, detail) => {
    const refused = await rig.ask(`/realtime/poll?${query}`, bearer(await rig.token('anna')))
    expect([refused.status, refused.body]).toEqual([400, { detail }])
  })

  it('is refused after 120 in a minute, and told how long to wait', async () => {
    const token = await rig.token('anna')
    for (let count = 0; count < 120; count++) await rig.ask('/realtime/poll', bearer(token))
    const refused = await rig.ask('/realtime/poll', bearer(token))
    expect([refused.status, refused.body, refused.headers.get('retry-after')]).toEqual([
      429,
      { detail: 'rate_limited' },
      '60',
    ])
  })
})
