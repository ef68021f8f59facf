import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { ok, type Result, refuse } from '../../core/lib/result.ts'
import { projectOf } from '../../core/operators/caller.ts'
import { createOperator, updateOperator } from '../../usecases/operators/change-operators.ts'
import { listOperators } from '../../usecases/operators/list-operators.ts'
import { callerOf } from './admin-caller.ts'
import type { AdminDeps } from './admin-deps.ts'
import { errorSchemas } from './error-schema.ts'
import { CODE_OF_REFUSAL, sendError, sendProblems } from './errors.ts'
import type { AdminGuard } from './guard.ts'
import { type NewOperator, parseNewOperator, parseOperatorChange } from './parse-operator.ts'
import { projectHeader } from './project-header.ts'
import {
  CreatedOperatorWire,
  CreateOperatorBody,
  ListedOperatorWire,
  OperatorWire,
  operatorToWire,
  tokenToWire,
  UpdateOperatorBody,
} from './wire/operator-to-wire.ts'
import { isPlausibleId } from './wire/transaction-id.ts'

const CREATED = 201

const shared = { tags: ['Operators'], security: [{ adminSecret: [] }], headers: Type.Object(projectHeader) }

const listSchema = {
  ...shared,
  operationId: 'listOperators',
  summary: 'List the operators and their tokens',
  response: {
    200: Type.Object({ items: Type.Array(ListedOperatorWire) }, { description: 'All of them.' }),
    ...errorSchemas(),
  },
}
const createSchema = {
  ...shared,
  operationId: 'createOperator',
  summary: 'Add an operator with a first token',
  body: CreateOperatorBody,
  response: { [CREATED]: CreatedOperatorWire, ...errorSchemas(413, 415, 422) },
}
const updateSchema = {
  ...shared,
  operationId: 'updateOperator',
  summary: 'Change the role or the limits of an operator',
  params: Type.Object({ operator_id: Type.String() }),
  body: UpdateOperatorBody,
  response: { 200: OperatorWire, ...errorSchemas(404, 413, 415, 422) },
}

type RouteDeps = Pick<AdminDeps, 'ctx' | 'projectFor' | 'limits' | 'tokenSecrets'>

/** `GET` and `POST /admin/operators`, `PATCH /admin/operators/{operator_id}`: for the shared secret and role `admin`. */
export function operatorsRoutes(app: FastifyInstance, deps: RouteDeps, guard: AdminGuard): void {
  const { ctx, limits, tokenSecrets } = deps
  app.get('/operators', { schema: listSchema, onRequest: guard(limits.balances, 'manage') }, async (request) => {
    const operators = await listOperators(ctx, reachOf(request))
    return { items: operators.map((one) => ({ ...operatorToWire(one), tokens: one.tokens.map(tokenToWire) })) }
  })
  const onRequest = guard(limits.adjust, 'manage')
  app.post('/operators', { schema: createSchema, onRequest }, async (request, reply) => {
    const parsed = parseNewOperator(request.body)
    if (!parsed.ok) return sendProblems(reply, parsed.refusal)
    const project = await projectOfNew(deps, request, parsed.value)
    if (!project.ok) return sendError(reply, CODE_OF_REFUSAL[project.refusal.code])
    const { tokenLifeMs, ...facts } = parsed.value
    const tokenExpiresAt = endOf(ctx, tokenLifeMs)
    const created = await createOperator(ctx, tokenSecrets, { ...facts, projectId: project.value, tokenExpiresAt })
    if (!created.ok) return sendError(reply, CODE_OF_REFUSAL[created.refusal.code])
    const { operator, token } = created.value
    const { token_id, expires_at: token_expires_at } = tokenToWire(token)
    return reply.code(CREATED).send({ ...operatorToWire(operator), token_id, token: token.secret, token_expires_at })
  })
  app.patch('/operators/:operator_id', { schema: updateSchema, onRequest }, async (request, reply) => {
    const { operator_id: operatorId } = request.params as { operator_id: string }
    const parsed = parseOperatorChange(request.body)
    if (!parsed.ok) return sendProblems(reply, parsed.refusal)
    if (!isPlausibleId(operatorId)) return sendError(reply, 'operator_not_found')
    const updated = await updateOperator(ctx, { operatorId, reach: reachOf(request), ...parsed.value })
    return updated.ok ? operatorToWire(updated.value) : sendError(reply, CODE_OF_REFUSAL[updated.refusal.code])
  })
}

/** An operator of one project manages those of that project, and neither sees nor makes others. */
export function reachOf(request: FastifyRequest): string | null {
  return projectOf(callerOf(request))
}

export function endOf(ctx: AdminDeps['ctx'], lifeMs: number | null): number | null {
  return lifeMs === null ? null : ctx.clock.now() + lifeMs
}

type NewProjectRefusal = { code: 'project_required' | 'project_unknown' | 'role_not_allowed' }

async function projectOfNew(
  { ctx, projectFor }: RouteDeps,
  request: FastifyRequest,
  { projectId }: NewOperator,
): Promise<Result<string | null, NewProjectRefusal>> {
  if (projectId === undefined) return projectFor(request)
  const reach = reachOf(request)
  if (reach !== null && projectId !== reach) return refuse({ code: 'role_not_allowed' })
  const isKnown = projectId === null || (await ctx.read.projects.get(projectId)) !== null
  return isKnown ? ok(projectId) : refuse({ code: 'project_unknown' })
}
