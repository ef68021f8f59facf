import type { FastifyInstance, onRequestAsyncHookHandler } from 'fastify'
import { Type } from 'typebox'
import { ok, type Result, refuse } from '../../core/lib/result.ts'
import { revokeSessions } from '../../usecases/realtime/revoke-sessions.ts'
import type { AdminDeps } from './admin-deps.ts'
import { errorSchemas } from './error-schema.ts'
import { CODE_OF_REFUSAL, sendError, sendProblems } from './errors.ts'
import { isLongerThan, isPlainText, userIdProblem } from './parse-user-id.ts'
import { projectHeader } from './project-header.ts'
import { DEVICE_ID_MAX_LENGTH } from './realtime-bootstrap-schema.ts'
import { UserIdWire } from './wire/adjust-to-wire.ts'

const schema = {
  operationId: 'revokeRealtimeSessions',
  summary: "End a user's realtime sessions and revoke their tokens",
  description:
    'Tokens are worthless from the answer on, in every process. Open connections are closed with 4001 within seconds. ' +
    'A user whose own token of the identity provider is still valid can bootstrap again: end that one there.',
  tags: ['Realtime'],
  security: [{ adminSecret: [] }],
  headers: Type.Object(projectHeader),
  params: Type.Object({ user_id: UserIdWire }),
  body: Type.Optional(
    Type.Object(
      {
        device_id: Type.Optional(
          Type.String({ minLength: 1, maxLength: DEVICE_ID_MAX_LENGTH, description: 'Only of this device.' }),
        ),
      },
      { additionalProperties: false },
    ),
  ),
  response: {
    200: Type.Object(
      { user_id: Type.String(), tokens_revoked: Type.Integer({ description: 'How many tokens there were.' }) },
      { description: 'The tokens are worthless.' },
    ),
    ...errorSchemas(404, 413, 415, 422),
  },
}

/** `POST /admin/realtime/users/{user_id}/revoke`. */
export function revokeRoute(
  app: FastifyInstance,
  { ctx, projectFor }: Pick<AdminDeps, 'ctx' | 'projectFor'>,
  guard: onRequestAsyncHookHandler,
): void {
  app.post('/realtime/users/:user_id/revoke', { schema, onRequest: guard }, async (request, reply) => {
    const { user_id: userId } = request.params as { user_id: string }
    const problem = userIdProblem(userId)
    if (problem !== null) return sendProblems(reply, [`user_id: ${problem}`])
    const body = parseRevoke(request.body)
    if (!body.ok) return sendProblems(reply, [body.refusal])
    const project = await projectFor(request)
    if (!project.ok) return sendError(reply, CODE_OF_REFUSAL[project.refusal.code])
    const revoked = await revokeSessions(ctx, { projectId: project.value, userId, deviceId: body.value.deviceId })
    if (!revoked.ok) return sendError(reply, CODE_OF_REFUSAL[revoked.refusal.code])
    return { user_id: userId, tokens_revoked: revoked.value.tokensRevoked }
  })
}

/** A body may be left out. An unknown field is refused: who misspells a device must not sign all of them out. */
function parseRevoke(body: unknown): Result<{ deviceId: string | null }, string> {
  if (body === undefined) return ok({ deviceId: null })
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return refuse('body: must be an object')
  const { device_id: deviceId, ...rest } = body as Record<string, unknown>
  const [unknown] = Object.keys(rest)
  if (unknown !== undefined) return refuse('body: has an unknown field')
  if (deviceId === undefined) return ok({ deviceId: null })
  if (typeof deviceId !== 'string' || deviceId === '' || isLongerThan(deviceId, DEVICE_ID_MAX_LENGTH)) {
    return refuse(`device_id: must be a text of 1 to ${DEVICE_ID_MAX_LENGTH} characters`)
  }
  return isPlainText(deviceId) ? ok({ deviceId }) : refuse('device_id: must not contain control characters')
}
