import { createHmac, generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, type JWK, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose'
import { afterEach, describe, expect, it } from 'vitest'
import { bearerOf, createIdentityVerifier, type IdentityConfig } from './user-identity.ts'

const NOW = Date.UTC(2026, 4, 4, 10)
const SECONDS = NOW / 1000
const clock = { now: () => NOW }

const KEYS = {
  RS256: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  PS256: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ES256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  EdDSA: generateKeyPairSync('ed25519'),
}
type Algorithm = keyof typeof KEYS

const pemOf = (algorithm: Algorithm) => KEYS[algorithm].publicKey.export({ type: 'spki', format: 'pem' }).toString()

const CLAIMS: JWTPayload = { sub: 'anna', exp: SECONDS + 300, iss: 'https://id.example.com', aud: 'app' }

function sign(claims: JWTPayload = CLAIMS, algorithm: Algorithm = 'RS256', kid?: string): Promise<string> {
  const header = kid === undefined ? { alg: algorithm } : { alg: algorithm, kid }
  return new SignJWT(claims).setProtectedHeader(header).sign(KEYS[algorithm].privateKey)
}

const verifier = (config: Partial<IdentityConfig> = {}) =>
  createIdentityVerifier({ publicKeyPem: pemOf('RS256'), clock, ...config })

const refused = (code: string) => ({ ok: false, code })

describe('a token of the identity provider', () => {
  it.each(Object.keys(KEYS) as Algorithm[])('signed with %s names its user', async (algorithm) => {
    const { verify } = verifier({ publicKeyPem: pemOf(algorithm) })
    expect(await verify(await sign(CLAIMS, algorithm))).toEqual({ ok: true, userId: 'anna' })
  })

  it('signed with another key, or by another kind of key, is refused', async () => {
    const { verify } = verifier()
    expect(await verify(await sign(CLAIMS, 'PS256'))).toEqual(refused('invalid_token'))
    expect(await verify(await sign(CLAIMS, 'ES256'))).toEqual(refused('invalid_token'))
    expect(await verify(await sign(CLAIMS, 'EdDSA'))).toEqual(refused('invalid_token'))
  })

  it('without a signature is refused', async () => {
    expect(await verifier().verify(new UnsecuredJWT(CLAIMS).encode())).toEqual(refused('invalid_token'))
    const [header, payload] = (await sign()).split('.')
    expect(await verifier().verify(`${header}.${payload}.`)).toEqual(refused('invalid_token'))
  })

  it.each(['HS256', 'HS384', 'HS512'])('signed by %s with the public key as secret is refused', async (alg) => {
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const signed = `${encode({ alg })}.${encode(CLAIMS)}`
    const digest = `sha${alg.slice(2)}`
    for (const secret of [pemOf('RS256'), KEYS.RS256.publicKey.export({ type: 'spki', format: 'der' })]) {
      const signature = createHmac(digest, secret).update(signed).digest('base64url')
      expect(await verifier().verify(`${signed}.${signature}`)).toEqual(refused('invalid_token'))
    }
  })

  it('that expired is told apart, with a minute of tolerance', async () => {
    expect((await verifier().verify(await sign({ ...CLAIMS, exp: SECONDS - 59 }))).ok).toBe(true)
    expect(await verifier().verify(await sign({ ...CLAIMS, exp: SECONDS - 60 }))).toEqual(refused('token_expired'))
  })

  it('that is not valid yet, or never expires, is refused', async () => {
    expect(await verifier().verify(await sign({ ...CLAIMS, nbf: SECONDS + 61 }))).toEqual(refused('invalid_token'))
    expect((await verifier().verify(await sign({ ...CLAIMS, nbf: SECONDS + 60 }))).ok).toBe(true)
    const { exp: _exp, ...endless } = CLAIMS
    expect(await verifier().verify(await sign(endless))).toEqual(refused('invalid_token'))
  })

  it('of another issuer or audience is refused when these are configured', async () => {
    const strict = verifier({ issuer: 'https://id.example.com', audience: 'app' })
    expect((await strict.verify(await sign())).ok).toBe(true)
    for (const claims of [{ iss: 'https://evil.example.com' }, { aud: 'other' }, { aud: ['other'] }]) {
      expect(await strict.verify(await sign({ ...CLAIMS, ...claims }))).toEqual(refused('invalid_token'))
    }
    const { iss: _iss, aud: _aud, ...bare } = CLAIMS
    expect(await strict.verify(await sign(bare))).toEqual(refused('invalid_token'))
  })

  it.each(['', ' anna', 'null', 'a/b', 'x'.repeat(101), 5, undefined])('for the user %j is refused', async (sub) => {
    const token = await sign({ ...CLAIMS, sub } as JWTPayload)
    expect(await verifier().verify(token)).toEqual(refused('invalid_token'))
  })

  it.each(['', 'x', 'a.b.c', 'demo.e30.x'])('that reads %j is refused', async (token) => {
    expect(await verifier().verify(token)).toEqual(refused('invalid_token'))
  })

  it('is refused as long as no key source is configured', async () => {
    expect(await createIdentityVerifier({ clock }).verify(await sign())).toEqual(refused('identity_unconfigured'))
  })
})

describe('a published key set', () => {
  const servers: Server[] = []

  afterEach(() => {
    for (const server of servers.splice(0)) server.close().closeAllConnections()
  })

  /** Publishes keys over loopback; `answer` may be changed while it runs. */
  async function publish(answer: { status: number; body: string }) {
    const state = { ...answer, requests: 0 }
    const server = createServer((_request, response) => {
      state.requests += 1
      response.writeHead(state.status, { 'content-type': 'application/json' }).end(state.body)
    })
    servers.push(server)
    await once(server.listen(0, '127.0.0.1'), 'listening')
    return { state, jwksUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json` }
  }

  const jwk = async (algorithm: Algorithm, kid: string): Promise<JWK> => ({
    ...(await exportJWK(KEYS[algorithm].publicKey)),
    kid,
    alg: algorithm,
    use: 'sig',
  })
  const setOf = (...keys: JWK[]) => JSON.stringify({ keys })

  it('is read once for many tokens, and again when a new key signs', async () => {
    const { state, jwksUrl } = await publish({ status: 200, body: setOf(await jwk('RS256', 'old')) })
    const { verify } = verifier({ jwksUrl, jwksCooldownMs: 0 })
    const old = await sign(CLAIMS, 'RS256', 'old')
    for (let count = 0; count < 3; count++) expect((await verify(old)).ok).toBe(true)
    expect(state.requests).toBe(1)
    state.body = setOf(await jwk('ES256', 'new'))
    expect((await verify(await sign(CLAIMS, 'ES256', 'new'))).ok).toBe(true)
    expect(await verify(old)).toEqual(refused('invalid_token'))
  })

  it('is not read again for every unknown key', async () => {
    const { state, jwksUrl } = await publish({ status: 200, body: setOf(await jwk('RS256', 'a')) })
    const { verify } = verifier({ jwksUrl })
    for (let count = 0; count < 5; count++) {
      expect(await verify(await sign(CLAIMS, 'RS256', `unknown-${count}`))).toEqual(refused('invalid_token'))
    }
    expect(state.requests).toBe(1)
  })

  it('makes nobody a user when a shared secret is in it', async () => {
    const secret = Buffer.from('a shared secret that was published by mistake')
    const key = { kty: 'oct', k: secret.toString('base64url'), kid: 'oct', alg: 'HS256' }
    const { jwksUrl } = await publish({ status: 200, body: setOf(key) })
    const token = await new SignJWT(CLAIMS).setProtectedHeader({ alg: 'HS256', kid: 'oct' }).sign(secret)
    expect(await verifier({ jwksUrl }).verify(token)).toEqual(refused('invalid_token'))
  })

  it.each([
    ['fails', 500, '{}'],
    ['is not JSON', 200, '<html>'],
    ['is no key set', 200, '{"keys":1}'],
    ['is moved elsewhere', 302, ''],
  ])('that %s makes the identity unavailable, until it is back', async (_what, status, body) => {
    const { state, jwksUrl } = await publish({ status, body })
    const { verify } = verifier({ jwksUrl })
    const token = await sign(CLAIMS, 'RS256', 'a')
    expect(await verify(token)).toEqual(refused('identity_unavailable'))
    Object.assign(state, { status: 200, body: setOf(await jwk('RS256', 'a')) })
    expect((await verify(token)).ok).toBe(true)
  })

  it('that nobody serves makes the identity unavailable', async () => {
    const { jwksUrl } = await publish({ status: 200, body: '' })
    const [server] = servers.splice(0)
    server?.close()
    if (server !== undefined) await once(server, 'close')
    expect(await verifier({ jwksUrl }).verify(await sign())).toEqual(refused('identity_unavailable'))
  })
})

describe('bearerOf', () => {
  it.each([
    ['Bearer abc', 'abc'],
    ['bearer  abc ', 'abc'],
    ['Bearer', null],
    ['Bearer ', null],
    ['Bearer a b', null],
    ['Basic abc', null],
    ['', null],
    [undefined, null],
  ])('reads %j as %j', (header, token) => {
    expect(bearerOf(header)).toBe(token)
  })
})
