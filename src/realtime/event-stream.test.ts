import { connect } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { customerChange, startGateway } from '../../test/support/realtime-client.ts'

let rig: Awaited<ReturnType<typeof startGateway>>

beforeEach(async () => {
  rig = await startGateway()
})

afterEach(() => rig.close())

describe('a stream of server-sent events', () => {
  it('opens with a time to wait, the greeting and the revision as its id, and brings changes in the same frames', async () => {
    rig.world.put('proj', 'anna', 'c1', 7)
    const stream = await rig.stream(`?token=${await rig.token('anna')}`)
    expect(Object.fromEntries(stream.response.headers)).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
      'access-control-allow-origin': '*',
      'x-request-id': '0123456789abcdef',
    })
    expect(await stream.next()).toEqual({ retry: 1500 })
    expect(await stream.next()).toMatchObject({
      event: 'connected',
      id: '7',
      data: { v: 1, event: 'connected', data: { user_id: 'anna', seq: 7, topics: ['user:anna'] } },
    })
    rig.bus.publish(customerChange('c1', 8))
    expect(await stream.next()).toMatchObject({
      event: 'usage.changed',
      id: '8',
      data: { v: 1, event: 'usage.changed', data: { topic: 'user:anna', seq: 8, silent: true } },
    })
    expect(rig.sent).toEqual(['connected', 'usage.changed'])
  })

  it('takes the token as bearer, and may add topics of the user in the address', async () => {
    const headers = { authorization: `Bearer ${await rig.token('anna')}` }
    const stream = await rig.stream('?topic=user:anna:x&topic=user:ben', headers)
    expect((await stream.until('subscribed'))?.data?.data).toEqual({
      topics: ['user:anna:x'],
      rejected: ['user:ben'],
      replayed: 0,
    })
  })

  it('comes back with the last id: what was missed is told once, with the id on the last of it only', async () => {
    rig.world.put('proj', 'anna', 'c1', 9)
    // A browser repeats the address with its old cursor; the header is newer.
    const stream = await rig.stream(`?token=${await rig.token('anna')}&cursor=2`, { 'last-event-id': '7' })
    await stream.next()
    const blocks = [await stream.next(), await stream.next(), await stream.next(), await stream.next()]
    expect(blocks.map((block) => [block?.event, block?.id])).toEqual([
      ['connected', undefined],
      ['usage.changed', undefined],
      ['entitlements.changed', '9'],
      ['subscribed', undefined],
    ])
    expect(rig.metered).toContain('resumed event_stream')
    const again = await rig.stream(`?token=${await rig.token('anna')}`, { 'last-event-id': '9' })
    expect((await again.until('subscribed'))?.data?.data).toMatchObject({ replayed: 0 })
  })

  it('joins the changes of one second, as a socket does', async () => {
    const stream = await rig.stream(`?token=${await rig.token('anna')}`)
    await stream.until('connected')
    for (const revision of [2, 3, 4]) rig.bus.publish(customerChange('cust_anna', revision))
    expect((await stream.until('usage.changed'))?.id).toBe('2')
    rig.world.clock.advance(1000)
    expect((await stream.until('usage.changed'))?.id).toBe('4')
  })

  it('is kept open by comments, however long nothing happens, until its token expires', async () => {
    const stream = await rig.stream(`?token=${await rig.token('anna')}`)
    await stream.until('connected')
    rig.world.clock.advance(30_000)
    expect(await stream.next()).toEqual({ comment: 'ping' })
    rig.world.clock.advance(15 * 60_000)
    expect(await stream.until('auth_expired')).not.toBeNull()
    expect((await stream.next())?.data?.data).toEqual({ code: 4001, reason: 'token_expired' })
    expect(await stream.next()).toBeNull()
  })

  it('is replaced by a newer connection of its device, on whichever transport, and told not to come back', async () => {
    const token = await rig.token('anna', 'phone')
    const tablet = await rig.stream(`?token=${await rig.token('anna', 'tablet')}`)
    const older = await rig.stream(`?token=${token}`)
    await older.until('connected')
    const newer = await rig.connect(token)
    expect(await older.next()).toEqual({ retry: 3_600_000 })
    expect((await older.next())?.data?.data).toEqual({ code: 4003, reason: 'replaced' })
    expect(await older.next()).toBeNull()
    rig.bus.publish(customerChange('cust_anna', 2))
    expect((await newer.next()).event).toBe('usage.changed')
    expect(await tablet.until('usage.changed')).not.toBeNull()
  })

  it('is counted by transport, and forgotten when the client goes', async () => {
    const stream = await rig.stream(`?token=${await rig.token('anna')}`)
    await stream.until('connected')
    expect([rig.gateway.sessions(), rig.metered.at(-1)]).toEqual([1, 'sessions event_stream 1'])
    stream.close()
    await rig.until(0)
    expect(rig.gateway.sessions()).toBe(0)
  })

  it('is cut with 4008 when its client does not read, before much is kept for it', async () => {
    const token = await rig.token('anna')
    const socket = connect(rig.port, '127.0.0.1')
    socket.pause()
    socket.on('error', () => undefined)
    socket.write(`GET /realtime/events?token=${token} HTTP/1.1\r\nHost: a\r\n\r\n`)
    await rig.until(1)
    const data = Object.fromEntries(Array.from({ length: 64 }, (_none, index) => [`field${index}`, 'x'.repeat(500)]))
    for (let revision = 2; rig.gateway.sessions() === 1 && revision < 5000; revision++) {
      const envelope = { envelopeId: `e${revision}`, topicSuffix: '', event: 'app.news', revision, data }
      const published = { ...envelope, occurredAt: rig.world.clock.now() }
      rig.bus.publish(customerChange('cust_anna', revision, { kinds: ['custom'], cause: 'publish', published }))
      rig.world.clock.advance(1000)
      if (rig.metered.includes('ended 4008')) break
    }
    expect(rig.metered).toContain('ended 4008')
    await rig.until(0)
    socket.destroy()
  })

  it.each([
    ['without a token', '', 401, 'missing_token'],
    ['with an empty token', '?token=', 401, 'missing_token'],
    ['with two tokens', '?token=a&token=b', 401, 'missing_token'],
    ['with an unknown token', '?token=unknown', 401, 'invalid_token'],
    ['with a cursor that is no number', '?token=x&cursor=-1', 400, 'invalid_cursor'],
    ['with a cursor that is too large', '?token=x&cursor=9999999999999999', 400, 'invalid_cursor'],
    ['with two cursors', '?token=x&cursor=1&cursor=2', 400, 'invalid_cursor'],
    ['with too long a topic', `?token=x&topic=${'x'.repeat(300)}`, 400, 'invalid_topic'],
  ])('is refused %s', async (_what, query, status, detail) => {
    const refused = await rig.ask(`/realtime/events${query}`)
    expect([refused.status, refused.body]).toEqual([status, { detail }])
    expect(refused.headers.get('access-control-allow-origin')).toBe('*')
  })

  it('is refused when the server is draining or full, and says when to try again', async () => {
    const full = await startGateway({ limits: { sockets: 1, socketsPerUser: 1 } })
    const stream = await full.stream(`?token=${await full.token('anna', 'phone')}`)
    await stream.until('connected')
    const refused = await full.ask(`/realtime/events?token=${await full.token('ben')}`)
    expect([refused.status, refused.body, refused.headers.get('retry-after')]).toEqual([
      503,
      { detail: 'at_capacity' },
      '5',
    ])
    await full.close()
    const perUser = await startGateway({ limits: { socketsPerUser: 1 } })
    await (await perUser.stream(`?token=${await perUser.token('anna', 'phone')}`)).until('connected')
    const second = await perUser.ask(`/realtime/events?token=${await perUser.token('anna', 'tablet')}`)
    expect([second.status, second.body]).toEqual([429, { detail: 'too_many_sockets' }])
    await perUser.close()
  })
})

describe('the realtime address without an upgrade', () => {
  it('says that an upgrade is needed, and lets pages of other origins ask the streams', async () => {
    const plain = await rig.ask('/realtime')
    expect([plain.status, plain.body, plain.headers.get('upgrade')]).toEqual([
      426,
      { detail: 'upgrade_required' },
      'websocket',
    ])
    const preflight = await rig.ask('/realtime/events', {
      method: 'OPTIONS',
      headers: { origin: 'https://shop.example', 'access-control-request-method': 'GET' },
    })
    expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([204, '*'])
  })
})

describe('drain', () => {
  it('tells a stream when to come back, ends it with 1012 and waits for it', async () => {
    const stream = await rig.stream(`?token=${await rig.token('anna')}`)
    await stream.until('connected')
    const drained = rig.gateway.drain()
    expect(await stream.next()).toMatchObject({ retry: 1000, data: { data: { retry_after_ms: 1000 } } })
    expect((await stream.next())?.data?.data).toEqual({ code: 1012, reason: 'service_restart' })
    expect(await stream.next()).toBeNull()
    await drained
  })
})
