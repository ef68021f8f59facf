import { jwtVerify } from 'jose'
import { afterEach, describe, expect, it } from 'vitest'
import { MINUTE_MS } from '../core/lib/clock.ts'
import { createApnsSender } from './apns-sender.ts'
import { createApnsToken } from './apns-token.ts'
import { type FakeAnswer, KEY, publicKey, startFakeApns } from './fixtures/fake-apns.ts'

const NOW = Date.UTC(2026, 4, 4, 10)
const TOKEN = 'ab'.repeat(32)
const NOTICE = { event: 'usage.changed', seq: 412 } as const

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

async function world(answer?: (push: number) => FakeAnswer) {
  let now = NOW
  const apns = await startFakeApns(answer)
  const sender = createApnsSender({
    key: KEY,
    bundleId: 'com.example.app',
    origin: apns.origin,
    clock: { now: () => now },
  })
  closers.push(apns.close, sender.close)
  return {
    apns,
    sender,
    wait: (ms: number) => {
      now += ms
    },
  }
}

describe('a push to Apple', () => {
  it('is silent, says what changed and nothing of the value, and is signed by the team', async () => {
    const { apns, sender } = await world()
    expect(await sender.send(TOKEN, NOTICE)).toEqual({ status: 'sent' })
    const [push] = apns.pushes
    expect(push?.headers).toMatchObject({
      ':method': 'POST',
      ':path': `/3/device/${TOKEN}`,
      'apns-push-type': 'background',
      'apns-priority': '5',
      'apns-topic': 'com.example.app',
      'apns-collapse-id': 'usage.changed',
      'apns-expiration': String(NOW / 1_000 + 3_600),
    })
    expect(JSON.parse(push?.body ?? '')).toEqual({
      aps: { 'content-available': 1 },
      purser: { event: 'usage.changed', seq: 412 },
    })
    const bearer = /^bearer (.+)$/.exec(push?.headers.authorization ?? '')?.[1] ?? ''
    const verified = await jwtVerify(bearer, publicKey, { algorithms: ['ES256'], currentDate: new Date(NOW) })
    expect(verified).toMatchObject({
      payload: { iss: KEY.teamId, iat: NOW / 1_000 },
      protectedHeader: { alg: 'ES256', kid: KEY.keyId },
    })
  })

  it('goes over one connection, with one token for 50 minutes', async () => {
    const { apns, sender, wait } = await world()
    await Promise.all([sender.send(TOKEN, NOTICE), sender.send(TOKEN, NOTICE)])
    wait(50 * MINUTE_MS - 1)
    await sender.send(TOKEN, NOTICE)
    wait(1)
    await sender.send(TOKEN, NOTICE)
    const tokens = apns.pushes.map(({ headers }) => headers.authorization)
    expect(new Set(tokens.slice(0, 3)).size).toBe(1)
    expect(tokens[3]).not.toBe(tokens[0])
    expect(apns.sessions).toHaveLength(1)
  })

  it.each<[FakeAnswer, object]>([
    [{ status: 410, reason: 'Unregistered' }, { status: 'gone' }],
    [{ status: 400, reason: 'BadDeviceToken' }, { status: 'gone' }],
    [
      { status: 400, reason: 'DeviceTokenNotForTopic' },
      { status: 'refused', reason: 'DeviceTokenNotForTopic' },
    ],
    [
      { status: 403, reason: 'InvalidProviderToken' },
      { status: 'refused', reason: 'InvalidProviderToken' },
    ],
    [
      { status: 400, reason: 'not a word!' },
      { status: 'refused', reason: '400' },
    ],
    [
      { status: 429, reason: 'TooManyRequests' },
      { status: 'later', reason: 'TooManyRequests', retryAfterMs: null },
    ],
    [
      { status: 503, headers: { 'retry-after': '60' } },
      { status: 'later', reason: '503', retryAfterMs: 60_000 },
    ],
    [
      { status: 403, reason: 'ExpiredProviderToken' },
      { status: 'later', reason: 'ExpiredProviderToken', retryAfterMs: null },
    ],
  ])('that is answered with %j comes to %j', async (answer, outcome) => {
    const { sender } = await world(() => answer)
    expect(await sender.send(TOKEN, NOTICE)).toEqual(outcome)
  })

  it('is for later when the connection breaks, and the next one goes over a new connection', async () => {
    const { apns, sender } = await world((push) => (push === 1 ? 'cut' : { status: 200 }))
    expect(await sender.send(TOKEN, NOTICE)).toMatchObject({ status: 'later' })
    expect(await sender.send(TOKEN, NOTICE)).toEqual({ status: 'sent' })
    expect(apns.sessions).toHaveLength(2)
  })

  it('goes over a new connection when the service said that it goes away', async () => {
    const { apns, sender } = await world((push) => ({ status: 200, isGoingAway: push === 1 }))
    expect(await sender.send(TOKEN, NOTICE)).toEqual({ status: 'sent' })
    expect(await sender.send(TOKEN, NOTICE)).toEqual({ status: 'sent' })
    expect(apns.sessions).toHaveLength(2)
  })

  it('is for later when nobody is there, or a hundred are on their way', async () => {
    const { apns, sender } = await world(() => 'silence')
    const many = Array.from({ length: 101 }, () => sender.send(TOKEN, NOTICE))
    expect(await many[100]).toMatchObject({ status: 'later', reason: 'too many pushes are on their way' })
    await apns.close()
    closers.splice(0, 1)
    for (const push of await Promise.all(many)) expect(push).toMatchObject({ status: 'later' })
    expect(await sender.send(TOKEN, NOTICE)).toMatchObject({ status: 'later' })
  })
})

it('a key that is none ends the start', () => {
  expect(() => createApnsToken({ ...KEY, pem: 'no key' }, { now: () => NOW })).toThrow()
})
