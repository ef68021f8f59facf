import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify'
import { pino } from 'pino'
import { mintDemoToken, verifyDemoToken } from '../../src/http/lib/demo-token.ts'
import { RateLimiter } from '../../src/http/lib/rate-limit.ts'
import { createServer } from '../../src/http/server.ts'
import type { UsageDeps } from '../../src/http/usage/usage-deps.ts'
import { usageSurface } from '../../src/http/usage/usage-surface.ts'
import { chooseProject } from '../../src/usecases/projects/choose-project.ts'
import { testSecrets } from './demo.ts'
import type { Shop } from './story.ts'

const DEMO_SECRET = 'a secret of the tests'

export type UsageServer = {
  app: FastifyInstance
  refusals: string[]
  document(): Record<string, unknown>
  get(userId: string): Promise<LightMyRequestResponse>
  /** Asks with the token of a user, or with any bearer when it is given. */
  consume(
    by: { user: string } | { bearer: string },
    body: unknown,
    headers?: InjectOptions['headers'],
  ): Promise<LightMyRequestResponse>
  /** Asks anything below `/v1/usage`. */
  post(path: string, by: { user: string } | { bearer: string }, body?: unknown): Promise<LightMyRequestResponse>
}

/** The usage surface on a shop's database, with demo tokens and the limits of a new installation. */
export async function openUsageServer({ ctx, clock, demo }: Shop): Promise<UsageServer> {
  const refusals: string[] = []
  let document = (): object => ({})
  const app = createServer({
    logger: pino({ level: 'silent' }),
    maxBodyBytes: 1_048_576,
    trustProxy: false,
    newRequestId: () => '0123456789abcdef',
  })
  const deps: UsageDeps = {
    ctx,
    users: {
      identity: { verify: async () => ({ ok: false, code: 'identity_unconfigured' }) },
      demo: { projectId: demo.projectId, verify: (token) => verifyDemoToken(DEMO_SECRET, token, clock.now()) },
      projectFor: () => chooseProject(ctx, null),
    },
    hashSecret: testSecrets.hash,
    limits: {
      read: new RateLimiter(120, clock),
      consume: new RateLimiter(120, clock),
      server: new RateLimiter(60_000, clock),
    },
    onRefusal: (code) => refusals.push(code),
    openApi: { version: '1.2.3', publicUrl: undefined },
    onOpenApi: (_name, made) => {
      document = made
    },
  }
  await app.register(usageSurface, deps)
  await app.ready()
  const tokenOf = (userId: string) => mintDemoToken(DEMO_SECRET, userId, clock.now())
  const bearerOf = (by: { user: string } | { bearer: string }) => ('user' in by ? tokenOf(by.user) : by.bearer)
  return {
    app,
    refusals,
    document: () => document() as Record<string, unknown>,
    get: (userId) => app.inject({ url: '/v1/usage', headers: { authorization: `Bearer ${tokenOf(userId)}` } }),
    post: (path, by, body = {}) =>
      app.inject({
        method: 'POST',
        url: `/v1/usage${path}`,
        headers: { authorization: `Bearer ${bearerOf(by)}`, 'content-type': 'application/json' },
        payload: JSON.stringify(body),
      }),
    consume: (by, body, headers = {}) =>
      app.inject({
        method: 'POST',
        url: '/v1/usage/consume',
        headers: {
          authorization: `Bearer ${bearerOf(by)}`,
          'content-type': 'application/json',
          ...headers,
        },
        payload: typeof body === 'string' ? body : JSON.stringify(body),
      }),
  }
}
