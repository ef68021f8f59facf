import { describe, expect, it } from 'vitest'
import { realtimeWorld, START } from '../../../test/support/realtime-world.ts'
import { createTokenSecrets } from '../../app/token-secrets.ts'
import { bootstrapSession, TOKEN_LIFE_MS } from './bootstrap-session.ts'
import { verifyToken } from './verify-token.ts'

const input = { projectId: 'proj', userId: 'anna' }

const verify = (world: ReturnType<typeof realtimeWorld>, token: string) =>
  verifyToken({ clock: world.clock, secrets: world.secrets, realtimeTokens: world.read.realtimeTokens }, token)

describe('a bootstrapped session', () => {
  it('creates the customer of a new user, and stores the hash of the token only', async () => {
    const world = realtimeWorld()
    const session = await bootstrapSession(world, { ...input, deviceId: 'phone', defaultTopics: ['user:anna:a'] })
    expect(world.customers.has('proj/anna')).toBe(true)
    expect(session).toEqual({ token: session.token, expiresAt: START + TOKEN_LIFE_MS, topics: ['user:anna:a'] })
    const stored = [...world.tokens.values()]
    expect(stored).toEqual([
      {
        tokenHash: world.secrets.hash(session.token),
        ...input,
        deviceId: 'phone',
        topics: ['user:anna:a'],
        createdAt: START,
        expiresAt: START + TOKEN_LIFE_MS,
      },
    ])
    expect(JSON.stringify(stored)).not.toContain(session.token)
  })

  it('names a missing device the same each time, and differently for each user', async () => {
    const world = realtimeWorld()
    for (const userId of ['anna', 'anna', 'ben']) await bootstrapSession(world, { projectId: 'proj', userId })
    const devices = [...world.tokens.values()].map((token) => token.deviceId)
    expect([devices[0] === devices[1], devices[0] === devices[2]]).toEqual([true, false])
  })

  it('can be opened until its token expires, as often as the line drops', async () => {
    const world = realtimeWorld()
    const { token } = await bootstrapSession(world, input)
    world.clock.advance(TOKEN_LIFE_MS - 1)
    for (let time = 0; time < 2; time++) expect(await verify(world, token)).toMatchObject({ ok: true, value: input })
    world.clock.advance(1)
    expect(await verify(world, token)).toEqual({ ok: false, refusal: { code: 'token_expired' } })
  })

  it.each(['', 'unknown', 'x'.repeat(10_000)])('is not opened by a token that was never issued', async (token) => {
    expect(await verify(realtimeWorld(), token)).toEqual({ ok: false, refusal: { code: 'invalid_token' } })
  })
})

describe('token secrets', () => {
  it('give 32 bytes of the random source in base64url, and hash them with SHA-256', () => {
    const secrets = createTokenSecrets((count) => new Uint8Array(count).fill(255))
    expect(secrets.newToken()).toBe(`${'_'.repeat(42)}8`)
    expect(secrets.hash('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
  })

  it('give another token each time', () => {
    const secrets = createTokenSecrets()
    expect(new Set(Array.from({ length: 100 }, secrets.newToken)).size).toBe(100)
  })
})
