import { connect } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { customerChange, startGateway } from '../../test/support/realtime-client.ts'

type Rig = Awaited<ReturnType<typeof startGateway>>
const rigs: Rig[] = []

async function start(...parameters: Parameters<typeof startGateway>): Promise<Rig> {
  const rig = await startGateway(...parameters)
  rigs.push(rig)
  return rig
}

afterEach(async () => {
  for (const rig of rigs.splice(0)) await rig.close()
})

/** Sends raw bytes and answers all that comes back until the connection ends. */
async function talk(port: number, request: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  socket.write(request)
  return Buffer.concat(await socket.toArray()).toString()
}

describe('an upgrade is refused in JSON', () => {
  it.each([
    ['without a token', '/realtime', {}, 401, 'missing_token'],
    ['with an empty token', '/realtime?token=', {}, 401, 'missing_token'],
    ['with another scheme', '/realtime', { authorization: 'Basic abc' }, 401, 'missing_token'],
    ['with an unknown token', '/realtime?token=unknown', {}, 401, 'invalid_token'],
    ['with an unknown bearer', '/realtime', { authorization: 'Bearer unknown' }, 401, 'invalid_token'],
    ['with an overlong token', `/realtime?token=${'x'.repeat(300)}`, {}, 401, 'invalid_token'],
    ['on another path', '/realtime/other?token=x', {}, 404, 'not_found'],
    ['on a path that cannot be read', '//', {}, 404, 'not_found'],
  ])('%s', async (_what, path, headers, status, detail) => {
    const rig = await start()
    const refused = await rig.refused(path, headers)
    expect([refused.status, refused.body]).toEqual([status, { detail }])
    expect(refused.headers).toMatchObject({ 'x-request-id': '0123456789abcdef', 'cache-control': 'no-store' })
  })

  it('with an expired token', async () => {
    const rig = await start()
    const token = await rig.token('anna')
    rig.world.clock.advance(15 * 60_000)
    expect(await rig.refused(`/realtime?token=${token}`)).toMatchObject({
      status: 401,
      body: { detail: 'token_expired' },
    })
  })

  it('when the customer is gone', async () => {
    const rig = await start()
    const token = await rig.token('anna')
    rig.world.customers.clear()
    expect(await rig.refused(`/realtime?token=${token}`)).toMatchObject({
      status: 401,
      body: { detail: 'invalid_token' },
    })
  })

  it('when the server or the user has too many sockets, except for a device that comes back', async () => {
    const rig = await start({ limits: { sockets: 3, socketsPerUser: 2 } })
    const [one, two, three] = [await rig.token('anna', '1'), await rig.token('anna', '2'), await rig.token('anna', '3')]
    const older = await rig.connect(one)
    await rig.connect(two)
    const refused = await rig.refused(`/realtime?token=${three}`)
    expect(refused).toMatchObject({
      status: 429,
      body: { detail: 'too_many_sockets' },
      headers: { 'retry-after': '5' },
    })
    await rig.connect(one)
    await older.closed
    await rig.connect(await rig.token('ben'))
    const full = await rig.refused(`/realtime?token=${await rig.token('carl')}`)
    expect(full).toMatchObject({ status: 503, body: { detail: 'at_capacity' } })
  })

  it('when the database does not answer, without a word about why', async () => {
    const broken = { find: () => Promise.reject(new Error('connection lost')), news: async () => [] }
    const rig = await start()
    const failing = await start({ read: { ...rig.world.read, realtimeTokens: broken } })
    expect(await failing.refused('/realtime?token=x')).toMatchObject({ status: 503, body: { detail: 'unavailable' } })
    expect(failing.errors).toEqual(['a realtime connection could not be opened'])
  })

  it('when it is not a proper handshake', async () => {
    const rig = await start()
    const request = `GET /realtime?token=${await rig.token('anna')} HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`
    const answer = await talk(rig.port, request)
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/)
    expect(answer).toMatch(/\r\n\r\n\{"detail":"invalid_upgrade"\}$/)
  })
})

describe('an upgrade is taken', () => {
  it('with the token as bearer', async () => {
    const rig = await start()
    const token = await rig.token('anna')
    const anna = await rig.connect('', { authorization: `Bearer ${token}` })
    expect(anna.hello.event).toBe('connected')
  })

  it('and told of a change that was committed while it was being opened', async () => {
    const rig = await start()
    const token = await rig.token('anna')
    const find = rig.world.read.customers.findByAppUserId
    rig.world.read.customers.findByAppUserId = async (projectId, userId) => {
      const before = await find(projectId, userId)
      rig.world.read.customers.findByAppUserId = find
      rig.world.put(projectId, userId, 'cust_anna', 2)
      rig.bus.publish(customerChange('cust_anna', 2))
      return before
    }
    const anna = await rig.connect(token)
    expect(anna.hello.data.seq).toBe(1)
    expect([await anna.next(), await anna.next()]).toMatchObject([
      { event: 'usage.changed', data: { seq: 2 } },
      { event: 'entitlements.changed', data: { seq: 2 } },
    ])
  })

  it('and closed with 1011 when its customer cannot be read again', async () => {
    const rig = await start()
    const token = await rig.token('anna')
    rig.world.read.realtimeTokens.news = () => Promise.reject(new Error('connection lost'))
    const anna = await rig.connect(token)
    expect(await anna.closed).toEqual({ code: 1011, reason: 'internal_error' })
  })

  it('not when another protocol is offered: that stays an ordinary request', async () => {
    const rig = await start({}, (_request, response) => response.end('ordinary'))
    const offer = 'Connection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__'
    expect(await talk(rig.port, `GET /realtime HTTP/1.1\r\nHost: a\r\n${offer}\r\n\r\n`)).toMatch(/200 OK.*ordinary/s)
  })
})
