import type { FastifyInstance } from 'fastify'
import { pino } from 'pino'
import { csvRecords } from '../../src/app/csv-records.ts'
import type { OperatorRole } from '../../src/core/operators/operator.ts'
import type { AdminDeps } from '../../src/http/admin/admin-deps.ts'
import { adminSurface } from '../../src/http/admin/admin-surface.ts'
import { RateLimiter } from '../../src/http/lib/rate-limit.ts'
import { createServer } from '../../src/http/server.ts'
import { ledgerCredits } from '../../src/usecases/credits/ledger-credits.ts'
import { createOperator } from '../../src/usecases/operators/change-operators.ts'
import type { Ctx } from '../../src/usecases/ports.ts'
import { chooseProject } from '../../src/usecases/projects/choose-project.ts'
import { testSecrets } from './demo.ts'

export const SHARED = 'a-secret-of-the-tests'

// biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of all shapes
type Body = any
export type DeskAnswer = { status: number; body: Body; headers: Record<string, unknown>; text: string }

/** The Admin Credits API, and the people at it. */
export type Desk = {
  app: FastifyInstance
  /** Sends a request with a bearer; null sends none. */
  ask(bearer: string | null, request: string, body?: unknown, headers?: Record<string, string>): Promise<DeskAnswer>
  adjust(bearer: string, userId: string, amount: number, fields?: Record<string, unknown>): Promise<DeskAnswer>
  /** Adds an operator of the project; answers the bearer and the id. */
  hire(name: string, role: OperatorRole, limits?: { maxPerChange?: number; maxPerDay?: number }): Promise<Hired>
}

export type Hired = { bearer: string; id: string; actor: string; tokenId: string }

/** Opens the API on a database, without a socket. `overrides` replace what it is made of. */
export async function openDesk(ctx: Ctx, projectId: string, overrides: Partial<AdminDeps> = {}): Promise<Desk> {
  const app = createServer({
    logger: pino({ level: 'silent' }),
    maxBodyBytes: 65_536,
    trustProxy: false,
    newRequestId: () => '0123456789abcdef',
  })
  const plenty = () => new RateLimiter(10_000, ctx.clock)
  await app.register(adminSurface, {
    ctx,
    credits: ledgerCredits(ctx),
    projectFor: (request) => chooseProject(ctx, (request.headers['x-purser-project'] as string | undefined) ?? null),
    secrets: [SHARED],
    tokenSecrets: testSecrets,
    maxAdjust: 100_000,
    readCsv: csvRecords,
    limits: {
      currencies: plenty(),
      balances: plenty(),
      adjust: plenty(),
      holds: plenty(),
      publish: plenty(),
      failedAuth: plenty(),
    },
    // Never called: its routes have tests of their own.
    realtime: {} as AdminDeps['realtime'],
    webhooks: {} as AdminDeps['webhooks'],
    openApi: { version: '1.2.3', publicUrl: undefined },
    onOpenApi: () => undefined,
    ...overrides,
  })
  const ask: Desk['ask'] = async (bearer, request, body, headers = {}) => {
    const [method = 'GET', url = '/'] = request.split(' ')
    const answer = await app.inject({
      method: method as 'GET',
      url,
      headers: {
        ...(bearer !== null && { authorization: `Bearer ${bearer}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { payload: JSON.stringify(body) }),
    })
    return { status: answer.statusCode, body: answer.json(), headers: answer.headers, text: answer.body }
  }
  return {
    app,
    ask,
    adjust: (bearer, userId, amount, fields = {}) =>
      ask(bearer, 'POST /admin/credits/adjust', { user_id: userId, amount, reason: 'ZD-1 goodwill', ...fields }),
    async hire(name, role, { maxPerChange = null, maxPerDay = null }: Parameters<Desk['hire']>[2] | LimitsOrNull = {}) {
      const limits = { maxPerChange, maxPerDay }
      const created = await createOperator(ctx, testSecrets, { name, role, projectId, limits, tokenExpiresAt: null })
      if (!created.ok) throw new Error(`the operator was not added: ${created.refusal.code}`)
      const { operator, token } = created.value
      const { operatorId: id } = operator
      return { bearer: token.secret, id, actor: `${id}/${name}`, tokenId: token.tokenId }
    },
  }
}

type LimitsOrNull = { maxPerChange?: number | null; maxPerDay?: number | null }
