import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { customerChange, startGateway } from '../../test/support/realtime-client.ts'
import { revokeSessions } from '../usecases/realtime/revoke-sessions.ts'

/** Guarantee: no way of asking lets a user hear of another one. */

let rig: Awaited<ReturnType<typeof startGateway>>

beforeEach(async () => {
  rig = await startGateway()
  await rig.token('ben')
})

afterEach(() => rig.close())

const changeOfBen = () => rig.bus.publish(customerChange('cust_ben', 2))
const bootstrap = (body: object) =>
  rig.ask('/v1/sessions/realtime-bootstrap', {
    method: 'POST',
    headers: { authorization: 'Bearer user.anna', 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })

describe("a user cannot hear of another one's changes", () => {
  it.each([['user:ben'], ['user:ben:toasts'], ['user:*'], ['user:'], ['org:1'], ['user:annabel']])(
    'by a bootstrap for %s',
    async (topic) => {
      const { body } = await bootstrap({ default_topics: [topic] })
      expect(body.topics).toEqual(['user:anna'])
      const anna = await rig.connect(body.token)
      changeOfBen()
      expect(await anna.settled()).toEqual([])
    },
  )

  it('by a bootstrap that names another user in every informational field', async () => {
    const { body } = await bootstrap({ clerk_jwt: 'user.ben', bundle_id: 'user:ben', device_id: 'user:ben' })
    expect((await rig.connect(body.token)).hello.data).toMatchObject({ user_id: 'anna', topics: ['user:anna'] })
  })

  it('by a token whose stored topics were changed', async () => {
    const token = await rig.token('anna')
    for (const stored of rig.world.tokens.values()) stored.topics = ['user:ben']
    const anna = await rig.connect(token)
    expect(anna.hello.data.topics).toEqual([])
    changeOfBen()
    expect(await anna.settled()).toEqual([])
  })

  it('by a frame, with or without a cursor', async () => {
    const anna = await rig.connect(await rig.token('anna'))
    anna.send({ op: 'subscribe', topics: ['user:ben', 'user:ben:a'], cursor: 0 })
    const [answer] = (await anna.settled()).filter(({ event }) => event === 'subscribed')
    expect(answer?.data).toMatchObject({ topics: [], rejected: ['user:ben', 'user:ben:a'] })
    changeOfBen()
    expect(await anna.settled()).toEqual([])
  })

  it('by the query of a stream', async () => {
    const stream = await rig.stream(`?token=${await rig.token('anna')}&topic=user:ben&topic=user:ben:a&user_id=ben`)
    expect((await stream.until('subscribed'))?.data?.data).toMatchObject({
      topics: [],
      rejected: ['user:ben', 'user:ben:a'],
    })
    changeOfBen()
    rig.bus.publish(customerChange('cust_anna', 2))
    expect((await stream.next())?.data?.data.topic).toBe('user:anna')
  })

  it('by the query of a poll', async () => {
    const headers = { authorization: `Bearer ${await rig.token('anna')}` }
    const waiting = rig.ask('/realtime/poll?cursor=1&topic=user:ben', { headers })
    await rig.until(1)
    changeOfBen()
    rig.world.clock.advance(25_000)
    const { body } = await waiting
    expect(body.frames.map(({ event }: { event: string }) => event)).toEqual(['connected', 'subscribed'])
    expect(body.frames[1].data).toMatchObject({ topics: [], rejected: ['user:ben'] })
  })

  it('by a token that was used before: it is still only its own user, on every transport', async () => {
    const token = await rig.token('anna')
    for (const connect of [() => rig.connect(token), () => rig.connect(token)]) {
      const anna = await connect()
      expect(anna.hello.data.user_id).toBe('anna')
      changeOfBen()
      expect(await anna.settled()).toEqual([])
    }
  })

  it('nor of their own after a revocation, by any transport and with any of the tokens', async () => {
    const tokens = [await rig.token('anna', 'phone'), await rig.token('anna', 'tablet')]
    const open = await Promise.all(tokens.map((token) => rig.connect(token)))
    await revokeSessions(rig.world.ctx, { projectId: 'proj', userId: 'anna', deviceId: null })
    await Promise.all(open.map((client) => client.closed))
    rig.bus.publish(customerChange('cust_anna', 2))
    expect(rig.sent).not.toContain('usage.changed')
    for (const token of tokens) {
      expect((await rig.refused(`/realtime?token=${token}`)).status).toBe(401)
      expect((await rig.ask(`/realtime/events?token=${token}`)).status).toBe(401)
      expect((await rig.ask(`/realtime/poll?token=${token}`)).status).toBe(401)
    }
  })
})

describe('frames that are malformed, oversized or too many close with the documented code', () => {
  it.each([
    ['4002: no JSON', 'nonsense', 4002],
    ['4002: a list', '[]', 4002],
    ['4002: another version', '{"v":2,"op":"ping"}', 4002],
    ['4002: topics that are no texts', '{"v":1,"op":"subscribe","topics":[{}]}', 4002],
    ['4002: a cursor that is no number', '{"v":1,"op":"subscribe","topics":[],"cursor":"9"}', 4002],
    ['4002: a binary frame', Buffer.from('{"v":1,"op":"ping"}'), 4002],
    ['1009: more than 8 KiB', JSON.stringify({ v: 1, op: 'subscribe', topics: ['x'.repeat(8_192)] }), 1009],
  ])('%s', async (_what, data, code) => {
    const anna = await rig.connect(await rig.token('anna'))
    anna.ws.send(data)
    expect((await anna.closed).code).toBe(code)
  })

  it.each([
    ['frames', (ws: { send(text: string): void }) => ws.send('{"v":1,"op":"pong"}')],
    ['pings of the WebSocket', (ws: { ping(): void }) => ws.ping()],
  ] as const)('4029: a flood of %s', async (_what, send) => {
    const anna = await rig.connect(await rig.token('anna'))
    for (let count = 0; count < 100; count++) send(anna.ws)
    expect((await anna.closed).code).toBe(4029)
  })

  it('1009: an address with more topics than a frame may have', async () => {
    const topics = Array.from({ length: 60 }, (_none, index) => `topic=user:anna:${index}${'x'.repeat(200)}`).join('&')
    const stream = await rig.stream(`?token=${await rig.token('anna')}&${topics}`)
    expect((await stream.until('closed'))?.data?.data.code).toBe(1009)
  })
})
