import type { FastifyInstance, FastifyRequest } from 'fastify'
import { ok, type Result, refuse } from '../../core/lib/result.ts'
import { dryRun } from '../../usecases/dry-run.ts'
import type { Ctx } from '../../usecases/ports.ts'
import { sendProblems } from './errors.ts'
import { isFields } from './read-fields.ts'

/** How a write is carried out: for good, or dry. */
export type WriteRun = {
  /** What the use case gets; of a dry run it keeps nothing. */
  ctx: Ctx
  isDry: boolean
  /** The body without `dry_run`, for the route to judge. */
  body: unknown
}

/**
 * Reads whether a write is a dry run, from the body's field or the query's parameter `dry_run`. The refusal is the
 * problems in words. A route that calls this gives its schema `DryRunQuery` and `dryRunField`, its use case `run.ctx`,
 * and its answer `run.isDry`.
 */
export function writeRunOf(ctx: Ctx, request: Pick<FastifyRequest, 'body' | 'query'>): Result<WriteRun, string[]> {
  const inQuery = (request.query as Record<string, unknown> | undefined)?.dry_run
  const { dry_run: inBody, ...body } = isFields(request.body) ? request.body : {}
  const isInBody = isFields(request.body) && Object.hasOwn(request.body, 'dry_run')
  if (inQuery !== undefined && inQuery !== 'true' && inQuery !== 'false') return refuse([PROBLEM])
  if (isInBody && typeof inBody !== 'boolean') return refuse([PROBLEM])
  if (isInBody && inQuery !== undefined && inBody !== (inQuery === 'true')) {
    return refuse(['dry_run: the body and the query differ'])
  }
  const isDry = isInBody ? inBody === true : inQuery === 'true'
  return ok({ ctx: isDry ? dryRun(ctx) : ctx, isDry, body: isInBody ? body : request.body })
}

const PROBLEM = 'dry_run: must be true or false'

/** Refuses `?dry_run` where a route knows nothing of it: nobody who asks for a dry run may get a real one. */
export function refuseOtherDryRuns(app: FastifyInstance): void {
  app.addHook('preValidation', async (request, reply) => {
    const { dry_run: asked } = request.query as Record<string, unknown>
    if (asked === undefined || request.method === 'GET') return undefined
    const known = request.routeOptions.schema?.querystring as { properties?: object } | undefined
    if (Object.hasOwn(known?.properties ?? {}, 'dry_run')) return undefined
    return sendProblems(reply, ['dry_run: is not possible here'])
  })
}
