import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { customerChange, startGateway } from '../../test/support/realtime-client.ts'

let rig: Awaited<ReturnType<typeof startGateway>>

beforeEach(async () => {
  rig = await startGateway()
})

afterEach(() => rig.close())

describe('a socket', () => {
  it('is greeted with the revision of its customer, and told of its changes', async () => {
    rig.world.put('proj', 'anna', 'c1', 7)
    const anna = await rig.connect(await rig.token('anna'))
    expect(anna.hello).toMatchObject({
      v: 1,
      event: 'connected',
      data: { user_id: 'anna', seq: 7, topics: ['user:anna'] },
    })
    rig.bus.publish(customerChange('c1', 8))
    expect(await anna.next()).toMatchObject({ event: 'usage.changed', data: { topic: 'user:anna', seq: 8 } })
  })

  it('reaches all devices of a user and nobody else', async () => {
    const [phone, tablet, other] = [
      await rig.connect(await rig.token('anna', 'phone')),
      await rig.connect(await rig.token('anna', 'tablet')),
      await rig.connect(await rig.token('ben')),
    ]
    rig.bus.publish(customerChange('cust_anna', 2))
    rig.bus.publish({ ...customerChange('cust_ben', 2), projectId: 'another' })
    expect((await phone.next()).event).toBe('usage.changed')
    expect((await tablet.next()).event).toBe('usage.changed')
    expect(await other.settled()).toEqual([])
  })

  it('cannot subscribe to a user whose topic begins like its own, nor be reached through an equal topic', async () => {
    const anna = await rig.connect(await rig.token('anna'))
    anna.send({ op: 'subscribe', topics: ['user:anna:x', 'user:ben', 'user:annabel'] })
    expect((await anna.next()).data).toEqual({
      topics: ['user:anna:x'],
      rejected: ['user:ben', 'user:annabel'],
      replayed: 0,
    })
    await rig.connect(await rig.token('anna:x'))
    rig.bus.publish(customerChange('cust_anna:x', 2))
    expect(await anna.settled()).toEqual([])
  })

  it('gets what it missed, once, when it comes back with a cursor', async () => {
    rig.world.put('proj', 'anna', 'c1', 9)
    const anna = await rig.connect(await rig.token('anna'))
    anna.send({ op: 'subscribe', topics: ['user:anna'], cursor: 7 })
    const events = (await anna.settled()).map((frame) => frame.event)
    expect(events).toEqual(['usage.changed', 'entitlements.changed', 'subscribed'])
  })

  it('moves to the surviving customer of a merge', async () => {
    const token = await rig.token('anna')
    const anna = await rig.connect(token)
    const merge = { absorbedCustomerId: 'cust_anna', cause: 'merge' as const }
    rig.bus.publish(customerChange('c9', 4, merge))
    expect((await anna.settled()).map((frame) => frame.event)).toEqual(['usage.changed', 'entitlements.changed'])
    rig.world.clock.advance(2000)
    rig.bus.publish(customerChange('cust_anna', 99))
    rig.bus.publish(customerChange('c9', 5))
    expect((await anna.settled()).map((frame) => frame.data.seq)).toEqual([5])
  })

  it('replaces the older socket of its device, and of that device only', async () => {
    const token = await rig.token('anna', 'phone')
    const [older, tablet] = [await rig.connect(token), await rig.connect(await rig.token('anna', 'tablet'))]
    older.ws.pause()
    const newer = await rig.connect(token)
    // The older one has not even answered the close, but it takes no place any more.
    expect(rig.gateway.sessions()).toBe(2)
    older.ws.resume()
    expect(await older.closed).toEqual({ code: 4003, reason: 'replaced' })
    rig.bus.publish(customerChange('cust_anna', 2))
    expect((await newer.next()).event).toBe('usage.changed')
    expect((await tablet.next()).event).toBe('usage.changed')
    expect(rig.gateway.sessions()).toBe(2)
  })

  it('lives as long as its token, and says so before it closes', async () => {
    const anna = await rig.connect(await rig.token('anna'))
    for (let minutes = 0; minutes < 15; minutes++) {
      anna.send({ op: 'pong' })
      await anna.settled()
      expect(anna.ws.readyState).toBe(anna.ws.OPEN)
      rig.world.clock.advance(60_000)
    }
    expect(await anna.closed).toEqual({ code: 4001, reason: 'token_expired' })
  })

  it('stays open when only its WebSocket answers pings, and is closed when nothing does', async () => {
    const [polite, mute] = [await rig.connect(await rig.token('anna')), await rig.connect(await rig.token('ben'))]
    mute.ws.pong = () => undefined
    await Promise.all([polite.settled(), mute.settled()])
    rig.world.clock.advance(30_000)
    await rig.heard()
    rig.world.clock.advance(45_000)
    expect(await mute.closed).toEqual({ code: 1001, reason: 'idle' })
    expect(polite.ws.readyState).toBe(polite.ws.OPEN)
  })

  it.each([
    ['4002 on nonsense', 'nonsense', { code: 4002, reason: 'protocol_error' }],
    ['4002 on a binary frame', Buffer.from('{"v":1,"op":"ping"}'), { code: 4002, reason: 'protocol_error' }],
    ['1009 on a large frame', 'x'.repeat(8 * 1024 + 1), { code: 1009, reason: '' }],
  ])('is closed with %s', async (_what, data, close) => {
    const anna = await rig.connect(await rig.token('anna'))
    anna.ws.send(data)
    expect(await anna.closed).toEqual(close)
  })

  it('is closed with 4029 on a flood', async () => {
    const anna = await rig.connect(await rig.token('anna'))
    for (let count = 0; count <= 20; count++) anna.send({ op: 'pong' })
    expect((await anna.closed).code).toBe(4029)
  })

  it('is counted while it is open, like everything that is sent', async () => {
    const anna = await rig.connect(await rig.token('anna'))
    expect([rig.gateway.sessions(), rig.counted.at(-1), rig.sent]).toEqual([1, 1, ['connected']])
    anna.ws.terminate()
    await rig.until(0)
    expect(rig.gateway.sessions()).toBe(0)
  })
})

describe('drain', () => {
  it('says goodbye with 1012 and when to come back, refuses newcomers, stops its clock and waits for everybody', async () => {
    const token = await rig.token('anna')
    const anna = await rig.connect(token)
    const drained = rig.gateway.drain()
    expect(await rig.refused(`/realtime?token=${token}`)).toMatchObject({ status: 503, body: { detail: 'draining' } })
    expect(await anna.next()).toMatchObject({ event: 'going_away', data: { retry_after_ms: 1000 } })
    expect(await anna.closed).toEqual({ code: 1012, reason: 'service_restart' })
    await drained
    await rig.gateway.drain()
    expect([rig.gateway.sessions(), rig.world.clock.jobs()]).toEqual([0, 0])
  })
})
