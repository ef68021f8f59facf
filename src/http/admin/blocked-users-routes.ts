import type { FastifyInstance, onRequestAsyncHookHandler } from 'fastify'
import { type Static, Type } from 'typebox'
import { parseAppUserId } from '../../core/customers/app-user-id.ts'
import {
  BLOCKED_IDS_MAX,
  blockAppUserId,
  listBlockedIds,
  unblockAppUserId,
} from '../../usecases/customers/block-app-user-id.ts'
import type { BlockedId } from '../../usecases/ports/customer-rules.ts'
import { actorOfRequest } from './admin-caller.ts'
import type { AdminDeps } from './admin-deps.ts'
import { errorSchemas } from './error-schema.ts'
import { CODE_OF_REFUSAL, sendError, sendProblems } from './errors.ts'
import { reasonProblem } from './field-problems.ts'
import { userIdProblem } from './parse-user-id.ts'
import { projectHeader } from './project-header.ts'
import { isFields, problemsOf } from './read-fields.ts'
import { ReasonWire, UserIdWire } from './wire/adjust-to-wire.ts'

const PATH = '/blocked-users/:user_id'

const BlockedWire = Type.Object({
  user_id: Type.String(),
  reason: Type.String(),
  actor: Type.String({ description: 'Who blocked it.' }),
  blocked_at: Type.String({ format: 'date-time' }),
})

const shared = { tags: ['Customers'], security: [{ adminSecret: [] }], headers: Type.Object(projectHeader) }
const named = { ...shared, params: Type.Object({ user_id: UserIdWire }) }

const list = {
  ...shared,
  operationId: 'listBlockedUsers',
  summary: 'List the ids that nobody may use',
  response: {
    200: Type.Object({ blocked: Type.Array(BlockedWire, { description: 'The latest first.' }) }),
    ...errorSchemas(),
  },
}
const block = {
  ...named,
  operationId: 'blockUser',
  summary: 'Delete a user and block the id',
  description: `Whoever has the id is deleted with all that belongs to them, for good. At most ${BLOCKED_IDS_MAX} in a project.`,
  body: Type.Object({ reason: ReasonWire }, { additionalProperties: false }),
  response: {
    200: Type.Object({ user_id: Type.String(), deleted: Type.Boolean({ description: 'Whether somebody had it.' }) }),
    ...errorSchemas(413, 415, 422),
  },
}
const unblock = {
  ...named,
  operationId: 'unblockUser',
  summary: 'Let an id be used again, by somebody new',
  response: { 200: Type.Object({ user_id: Type.String() }), ...errorSchemas(404, 422) },
}

/** `GET /admin/blocked-users`, `PUT` and `DELETE /admin/blocked-users/{user_id}`. */
export function blockedUsersRoutes(
  app: FastifyInstance,
  { ctx, projectFor }: Pick<AdminDeps, 'ctx' | 'projectFor'>,
  guards: { read: onRequestAsyncHookHandler; manage: onRequestAsyncHookHandler },
): void {
  app.get('/blocked-users', { schema: list, onRequest: guards.read }, async (request, reply) => {
    const project = await projectFor(request)
    if (!project.ok) return sendError(reply, CODE_OF_REFUSAL[project.refusal.code])
    return { blocked: (await listBlockedIds(ctx, project.value)).map(blockedToWire) }
  })
  app.put(PATH, { schema: block, onRequest: guards.manage }, async (request, reply) => {
    const { user_id: userId } = request.params as { user_id: string }
    const problems = [...idProblems(userId), ...bodyProblems(request.body)]
    if (problems.length > 0) return sendProblems(reply, problems)
    const project = await projectFor(request)
    if (!project.ok) return sendError(reply, CODE_OF_REFUSAL[project.refusal.code])
    const { reason } = request.body as { reason: string }
    const order = { projectId: project.value, appUserId: userId, reason: reason.trim() }
    const blocked = await blockAppUserId(ctx, { ...order, actor: actorOfRequest(request) })
    if (!blocked.ok) return sendError(reply, CODE_OF_REFUSAL[blocked.refusal.code])
    return { user_id: userId, deleted: blocked.value.isDeleted }
  })
  app.delete(PATH, { schema: unblock, onRequest: guards.manage }, async (request, reply) => {
    const { user_id: userId } = request.params as { user_id: string }
    const problem = userIdProblem(userId)
    if (problem !== null) return sendProblems(reply, [`user_id: ${problem}`])
    const project = await projectFor(request)
    if (!project.ok) return sendError(reply, CODE_OF_REFUSAL[project.refusal.code])
    const isDone = await unblockAppUserId(ctx, { projectId: project.value, appUserId: userId })
    return isDone ? { user_id: userId } : sendError(reply, 'user_not_blocked')
  })
}

/** What can never become an id needs no block; blanks are not taken either, as at RevenueCat. */
function idProblems(userId: string): string[] {
  const problem = userIdProblem(userId)
  if (problem !== null) return [`user_id: ${problem}`]
  if (/\s/u.test(userId)) return ['user_id: must not contain blanks']
  const parsed = parseAppUserId(userId)
  return parsed.ok ? [] : [`user_id: ${'problem' in parsed.refusal ? parsed.refusal.problem : 'is empty'}`]
}

function bodyProblems(body: unknown): string[] {
  return isFields(body) ? problemsOf(body, { reason: reasonProblem }) : ['body: must be a JSON object']
}

function blockedToWire({ appUserId, reason, actor, blockedAt }: BlockedId): Static<typeof BlockedWire> {
  return { user_id: appUserId, reason, actor, blocked_at: new Date(blockedAt).toISOString() }
}
