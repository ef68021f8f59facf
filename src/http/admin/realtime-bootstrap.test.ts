import swagger from '@fastify/swagger'
import type { FastifyInstance, FastifyRequest, InjectOptions } from 'fastify'
import { pino } from 'pino'
import { afterEach, describe, expect, it } from 'vitest'
import { realtimeWorld, START } from '../../../test/support/realtime-world.ts'
import { ok, refuse } from '../../core/lib/result.ts'
import { bootstrapSession } from '../../usecases/realtime/bootstrap-session.ts'
import { mintDemoToken, verifyDemoToken } from '../lib/demo-token.ts'
import { openApiOptions } from '../lib/openapi.ts'
import { RateLimiter } from '../lib/rate-limit.ts'
import type { IdentityFault } from '../lib/user-identity.ts'
import { createServer } from '../server.ts'
import { answerThrown } from './error-handler.ts'
import { type RealtimeBootstrapDeps, registerRealtimeBootstrap } from './realtime-bootstrap.ts'

const URL_PATH = '/v1/sessions/realtime-bootstrap'
const DEMO_SECRET = 'a secret of the tests'
const servers: FastifyInstance[] = []

afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})

/** The route on the real server, in a world whose identity provider takes the bearer for the user id. */
async function start(overrides: Partial<RealtimeBootstrapDeps> = {}) {
  const world = realtimeWorld()
  const limiter = new RateLimiter(30, world.clock)
  const app = createServer({
    logger: pino({ level: 'silent' }),
    maxBodyBytes: 1_048_576,
    trustProxy: false,
    newRequestId: () => '0123456789abcdef',
  })
  servers.push(app)
  let document = (): { paths?: object } => ({})
  await app.register(async (surface) => {
    await surface.register(swagger, openApiOptions('admin', { version: '1.2.3', publicUrl: undefined }))
    surface.setErrorHandler(answerThrown)
    registerRealtimeBootstrap(surface, {
      identity: { verify: async (bearer) => ({ ok: true, userId: bearer }) },
      projectFor: async () => ok('proj'),
      limit: (userId) => limiter.take(userId),
      bootstrap: (input) => bootstrapSession(world, input),
      publicUrl: () => 'https://purser.example.com',
      ...overrides,
    })
    document = () => surface.swagger()
  })
  await app.ready()
  const ask = (options: InjectOptions = {}) =>
    app.inject({ method: 'POST', url: URL_PATH, headers: { authorization: 'Bearer anna' }, ...options })
  return { world, ask, document: () => document() }
}

describe('a bootstrap', () => {
  it.each([URL_PATH, '/v1/sessions/toast-bootstrap'])(
    'at %s answers a token with all that is needed to use it',
    async (url) => {
      const { ask, world } = await start()
      const payload = {
        clerk_jwt: 'not read',
        device_id: 'phone',
        bundle_id: 'com.example.app',
        default_topics: ['user:anna:toasts', 'user:ben', 'org:1'],
      }
      const response = await ask({ url, payload })
      expect(response.statusCode).toBe(200)
      const body = response.json()
      expect(body).toEqual({
        token: body.token,
        ws_url: `wss://purser.example.com/realtime?token=${body.token}`,
        events_url: `https://purser.example.com/realtime/events?token=${body.token}`,
        poll_url: 'https://purser.example.com/realtime/poll',
        expires_at: new Date(START + 15 * 60_000).toISOString(),
        topics: ['user:anna:toasts'],
      })
      expect(world.tokens.get(world.secrets.hash(body.token))).toMatchObject({ userId: 'anna', deviceId: 'phone' })
      expect(response.headers).toMatchObject({ 'cache-control': 'no-store', 'access-control-allow-origin': '*' })
    },
  )

  it('needs no body', async () => {
    const { ask } = await start()
    expect((await ask()).json().topics).toEqual(['user:anna'])
    expect((await ask({ payload: {} })).json().topics).toEqual(['user:anna'])
  })

  it.each([
    ['http://127.0.0.1:8080', 'ws://127.0.0.1:8080/realtime?token='],
    ['https://example.com/purser/', 'wss://example.com/purser/realtime?token='],
  ])('under %s gives a socket address that begins with %s', async (publicUrl, beginning) => {
    const { ask } = await start({ publicUrl: () => publicUrl })
    expect((await ask()).json().ws_url.startsWith(beginning)).toBe(true)
  })
})

describe('a bootstrap is refused', () => {
  it.each([
    ['a misspelt field', { devise_id: 'x' }, /devise_id/],
    ['an empty device', { device_id: '' }, /device_id/],
    ['a device that is a number', { device_id: 5 }, /device_id/],
    ['topics that are a text', { default_topics: 'user:anna' }, /default_topics/],
    ['too many topics', { default_topics: Array(101).fill('user:anna') }, /default_topics/],
    ['too long a topic', { default_topics: ['x'.repeat(257)] }, /default_topics/],
    ['a list', [], /body/],
  ])('with 422 and the name of the field on %s', async (_what, payload, detail) => {
    const { ask, world } = await start()
    const response = await ask({ payload })
    expect([response.statusCode, response.json()]).toEqual([422, { detail: expect.stringMatching(detail) }])
    expect(world.tokens.size).toBe(0)
  })

  it('with 400 on a body that is not JSON, but only to a user', async () => {
    const { ask } = await start()
    const payload = '{"a":'
    const json = { 'content-type': 'application/json' }
    const known = await ask({ payload, headers: { ...json, authorization: 'Bearer anna' } })
    expect([known.statusCode, known.json().detail]).toEqual([400, expect.stringMatching(/^invalid_json: /)])
    expect((await ask({ payload, headers: json })).statusCode).toBe(401)
  })

  it.each([undefined, '', 'Bearer ', 'Basic abc'])(
    'with 401 missing_bearer on the header %j',
    async (authorization) => {
      const { ask } = await start()
      const response = await ask({ headers: authorization === undefined ? {} : { authorization } })
      expect([response.statusCode, response.json()]).toEqual([401, { detail: 'missing_bearer' }])
      expect(response.headers['access-control-allow-origin']).toBe('*')
    },
  )

  it.each([
    [401, 'invalid_token'],
    [401, 'token_expired'],
    [503, 'identity_unconfigured'],
    [503, 'identity_unavailable'],
  ] satisfies [number, IdentityFault][])('with %i when the identity says %s', async (status, code) => {
    const { ask } = await start({ identity: { verify: async () => ({ ok: false, code }) } })
    const response = await ask()
    expect([response.statusCode, response.json()]).toEqual([status, { detail: code }])
  })

  it.each(['project_required', 'project_unknown'] as const)('with 400 when the project is %s', async (code) => {
    const { ask } = await start({ projectFor: async () => refuse({ code }) })
    const response = await ask()
    expect([response.statusCode, response.json()]).toEqual([400, { detail: code }])
  })

  it('with 429 and the time to wait after 30 in a minute, for each user', async () => {
    const { ask, world } = await start()
    for (let count = 0; count < 30; count++) expect((await ask()).statusCode).toBe(200)
    world.clock.advance(20_000)
    const response = await ask()
    expect([response.statusCode, response.json().detail]).toEqual([429, expect.stringMatching(/^rate_limited: /)])
    expect(response.headers).toMatchObject({ 'retry-after': '40', 'ratelimit-limit': '30', 'ratelimit-remaining': '0' })
    expect((await ask({ headers: { authorization: 'Bearer ben' } })).statusCode).toBe(200)
  })
})

describe('a demo token', () => {
  const demoOf = (now: () => number): NonNullable<RealtimeBootstrapDeps['demo']> => ({
    projectId: 'demo',
    verify: (token) => verifyDemoToken(DEMO_SECRET, token, now()),
  })
  const authorization = `Bearer ${mintDemoToken(DEMO_SECRET, 'anna', START)}`
  const closed: RealtimeBootstrapDeps['identity'] = {
    verify: async () => ({ ok: false, code: 'identity_unconfigured' }),
  }

  it('opens the demo project and no other, whatever the request names', async () => {
    const asked: FastifyRequest[] = []
    const { ask, world } = await start({
      demo: demoOf(() => START),
      projectFor: async (request) => {
        asked.push(request)
        return ok('other')
      },
    })
    const response = await ask({ headers: { authorization } })
    expect(world.tokens.get(world.secrets.hash(response.json().token))?.projectId).toBe('demo')
    expect(asked).toEqual([])
  })

  it('is refused when it is forged or expired, and where there is no demo project', async () => {
    const now = { at: START }
    const { ask } = await start({ demo: demoOf(() => now.at), identity: closed })
    const forged = await ask({ headers: { authorization: `${authorization}x` } })
    expect([forged.statusCode, forged.json().detail]).toEqual([401, 'invalid_token'])
    now.at += 60 * 60_000
    expect((await ask({ headers: { authorization } })).json().detail).toBe('token_expired')
    const without = await start({ identity: closed })
    expect((await without.ask({ headers: { authorization } })).statusCode).toBe(503)
  })
})

describe('the OpenAPI document', () => {
  it('describes both paths with every answer and its own operation id', async () => {
    const { document } = await start()
    const paths = (document().paths ?? {}) as Record<string, { post: object }>
    const posts = [URL_PATH, '/v1/sessions/toast-bootstrap'].map((path) => paths[path]?.post)
    expect(posts[0]).toMatchObject({
      operationId: 'bootstrapRealtimeSession',
      tags: ['Realtime'],
      security: [{ userBearer: [] }],
    })
    expect(posts[1]).toMatchObject({ operationId: 'bootstrapToastSession' })
    for (const post of posts) {
      expect(Object.keys((post as { responses: object }).responses)).toEqual([
        '200',
        '400',
        '401',
        '413',
        '415',
        '422',
        '429',
        '503',
      ])
    }
  })
})
