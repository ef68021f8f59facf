import { pino } from 'pino'
import { csvRecords } from '../../src/app/csv-records.ts'
import { ok } from '../../src/core/lib/result.ts'
import type { AdminDeps } from '../../src/http/admin/admin-deps.ts'
import { adminSurface } from '../../src/http/admin/admin-surface.ts'
import { RateLimiter } from '../../src/http/lib/rate-limit.ts'
import { createServer } from '../../src/http/server.ts'
import { ledgerCredits } from '../../src/usecases/credits/ledger-credits.ts'
import type { Ctx } from '../../src/usecases/ports.ts'
import { testSecrets } from './demo.ts'

const SECRET = 'a-secret-of-the-tests'
const PER_MINUTE = 10_000

// biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of all shapes
type AdminBody = any
export type AdminAnswer = { status: number; body: AdminBody; headers: Record<string, unknown>; text: string }
export type AdminApi = {
  get(path: string): Promise<AdminAnswer>
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<AdminAnswer>
  patch(path: string, body: unknown): Promise<AdminAnswer>
  /** `POST /admin/realtime/users/{user_id}/revoke`. */
  revoke(userId: string, body?: unknown): Promise<AdminAnswer>
  /** `GET /admin/events`, with its query. */
  events(query?: string): Promise<AdminAnswer>
  /** `POST /admin/realtime/publish`. */
  publish(body: unknown, headers?: Record<string, string>): Promise<AdminAnswer>
}

/** The Admin Credits API on a database, without a socket. Paths begin after `/admin/credits`. */
export async function adminApi(ctx: Ctx, projectId: string, credits = ledgerCredits(ctx)): Promise<AdminApi> {
  const app = createServer({
    logger: pino({ level: 'silent' }),
    maxBodyBytes: 65_536,
    trustProxy: false,
    newRequestId: () => '0123456789abcdef',
  })
  const limiter = () => new RateLimiter(PER_MINUTE, ctx.clock)
  const deps: AdminDeps = {
    ctx,
    credits,
    projectFor: async () => ok(projectId),
    secrets: [SECRET],
    tokenSecrets: testSecrets,
    maxAdjust: 100_000,
    readCsv: csvRecords,
    limits: {
      currencies: limiter(),
      balances: limiter(),
      adjust: limiter(),
      holds: limiter(),
      publish: limiter(),
      failedAuth: limiter(),
    },
    // Never called: its routes have tests of their own.
    realtime: {} as AdminDeps['realtime'],
    webhooks: {} as AdminDeps['webhooks'],
    openApi: { version: '1.2.3', publicUrl: undefined },
    onOpenApi: () => undefined,
  }
  await app.register(adminSurface, deps)
  const ask = async (
    method: 'GET' | 'POST' | 'PATCH',
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
      ...(payload === undefined ? {} : { payload: typeof payload === 'string' ? payload : JSON.stringify(payload) }),
    })
    return {
      status: answer.statusCode,
      body: isJson(answer.headers) ? answer.json() : null,
      headers: answer.headers,
      text: answer.body,
    }
  }
  return {
    get: (path) => ask('GET', `/credits${path}`),
    post: (path, body = {}, headers = {}) => ask('POST', `/credits${path}`, body, headers),
    patch: (path, body) => ask('PATCH', `/credits${path}`, body),
    revoke: (userId, body) => ask('POST', `/realtime/users/${encodeURIComponent(userId)}/revoke`, body),
    events: (query = '') => ask('GET', `/events${query}`),
    publish: (body, headers = {}) => ask('POST', '/realtime/publish', body, headers),
  }
}

function isJson(headers: Record<string, unknown>): boolean {
  return String(headers['content-type']).startsWith('application/json')
}
