import type { FastifyInstance, onRequestAsyncHookHandler } from 'fastify'
import { Type } from 'typebox'
import { createRedemption } from '../../usecases/purchases/create-redemption.ts'
import type { AdminDeps } from './admin-deps.ts'
import { errorSchemas } from './error-schema.ts'
import { CODE_OF_REFUSAL, sendError, sendProblems } from './errors.ts'
import { userIdProblem } from './parse-user-id.ts'
import { projectHeader } from './project-header.ts'
import { UserIdWire } from './wire/adjust-to-wire.ts'

const CREATED = 201

const schema = {
  operationId: 'createRedemption',
  summary: 'Make a link by which purchases are taken along into an app',
  description:
    'The token works once and for an hour, for all that the user has bought until now. Whoever has it has the ' +
    'purchases: hand it to the buyer alone. It is shown here and never again.',
  tags: ['Purchases'],
  security: [{ adminSecret: [] }],
  headers: Type.Object(projectHeader),
  params: Type.Object({ user_id: UserIdWire }),
  response: {
    [CREATED]: Type.Object(
      {
        user_id: Type.String(),
        redemption_token: Type.String({ description: 'What an app hands to redeem_purchase of REST API v1.' }),
        expires_at: Type.String({ format: 'date-time' }),
      },
      { description: 'The link.' },
    ),
    ...errorSchemas(404, 422),
  },
}

/** `POST /admin/customers/{user_id}/redemptions`. */
export function redemptionsRoute(
  app: FastifyInstance,
  { ctx, projectFor, tokenSecrets }: Pick<AdminDeps, 'ctx' | 'projectFor' | 'tokenSecrets'>,
  guard: onRequestAsyncHookHandler,
): void {
  app.post('/customers/:user_id/redemptions', { schema, onRequest: guard }, async (request, reply) => {
    const { user_id: appUserId } = request.params as { user_id: string }
    const problem = userIdProblem(appUserId)
    if (problem !== null) return sendProblems(reply, [`user_id: ${problem}`])
    const project = await projectFor(request)
    if (!project.ok) return sendError(reply, CODE_OF_REFUSAL[project.refusal.code])
    const made = await createRedemption(ctx, tokenSecrets, { projectId: project.value, appUserId })
    if (!made.ok) return sendError(reply, CODE_OF_REFUSAL[made.refusal.code])
    const { token, expiresAt } = made.value
    return reply
      .code(CREATED)
      .send({ user_id: appUserId, redemption_token: token, expires_at: new Date(expiresAt).toISOString() })
  })
}
