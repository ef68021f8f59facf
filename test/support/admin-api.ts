import { pino } from 'pino'
import { ok } from '../../src/core/lib/result.ts'
import type { AdminDeps } from '../../src/http/admin/admin-deps.ts'
import { adminSurface } from '../../src/http/admin/admin-surface.ts'
import { RateLimiter } from '../../src/http/lib/rate-limit.ts'
import { createServer } from '../../src/http/server.ts'
import type { Ctx } from '../../src/usecases/ports.ts'

const SECRET = 'a-secret-of-the-tests'
const PER_MINUTE = 10_000

// biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of all shapes
type AdminBody = any
export type AdminAnswer = { status: number; body: AdminBody; headers: Record<string, unknown>; text: string }
export type AdminApi = {
  get(path: string): Promise<AdminAnswer>
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<AdminAnswer>
  /** `POST /admin/realtime/users/{user_id}/revoke`. */
  revoke(userId: string, body?: unknown): Promise<AdminAnswer>
  /** `POST /admin/realtime/publish`. */
  publish(body: unknown, headers?: Record<string, string>): Promise<AdminAnswer>
}

/** The Admin Credits API on a database, without a socket. Paths begin after `/admin/credits`. */
export async function adminApi(ctx: Ctx, projectId: string): Promise<AdminApi> {
  const app = createServer({
    logger: pino({ level: 'silent' }),
    maxBodyBytes: 65_536,
    trustProxy: false,
    newRequestId: () => '0123456789abcdef',
  })
  const limiter = () => new RateLimiter(PER_MINUTE, ctx.clock)
  const deps: AdminDeps = {
    ctx,
    projectFor: async () => ok(projectId),
    secrets: [SECRET],
    maxAdjust: 100_000,
    limits: {
      currencies: limiter(),
      balances: limiter(),
      adjust: limiter(),
      publish: limiter(),
      failedAuth: limiter(),
    },
    // Never called: its routes have tests of their own.
    realtime: {} as AdminDeps['realtime'],
    openApi: { version: '1.2.3', publicUrl: undefined },
    onOpenApi: () => undefined,
  }
  await app.register(adminSurface, deps)
  const ask = async (
    method: 'GET' | 'POST',
    path: string,
    payload?: unknown,
    headers: Record<string, string> = {},
  ): Promise<AdminAnswer> => {
    const answer = await app.inject({
      method,
      url: `/admin${path}`,
      headers: {
        authorization: `Bearer ${SECRET}`,
        ...(payload === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(payload === undefined ? {} : { payload: JSON.stringify(payload) }),
    })
    return { status: answer.statusCode, body: answer.json(), headers: answer.headers, text: answer.body }
  }
  return {
    get: (path) => ask('GET', `/credits${path}`),
    post: (path, body = {}, headers = {}) => ask('POST', `/credits${path}`, body, headers),
    revoke: (userId, body) => ask('POST', `/realtime/users/${encodeURIComponent(userId)}/revoke`, body),
    publish: (body, headers = {}) => ask('POST', '/realtime/publish', body, headers),
  }
}
