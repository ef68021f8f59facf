import type { FastifyInstance, FastifyReply } from 'fastify'
import { Type } from 'typebox'
import { parseAppUserId } from '../../core/customers/app-user-id.ts'
import { requestFaultOf } from '../lib/request-fault.ts'
import { forbidCaching } from '../lib/security-headers.ts'
import { bearerOf } from '../lib/user-identity.ts'
import type { SdkFile } from './asset-files.ts'
import { lastingUrl } from './asset-routes.ts'
import { CLIENT_URL } from './client-files.ts'

export type DemoDeps = {
  /** The public key of the demo project's Test Store app. */
  readonly testStoreKey: string
  readonly projectId: string
  /** Signs in a user of the demo project. `expiresAt` is epoch milliseconds. */
  mintToken(appUserId: string): { token: string; expiresAt: number }
}

/** The longest id, each of its characters escaped, and room around it. */
const TOKEN_BODY_MAX_BYTES = 4_096

const tokenBodySchema = Type.Object({ app_user_id: Type.String() }, { additionalProperties: false })

/**
 * What the page "Try it" needs from its server. Anyone who can reach them may be anybody in the demo project, so they
 * exist in demo mode only. Nothing here is secret: the key is the public one that every app ships.
 */
export function demoRoutes(app: FastifyInstance, { demo, sdk }: { demo: DemoDeps; sdk: SdkFile }): void {
  app.addHook('onRequest', forbidCaching)
  app.setErrorHandler((error, request, reply) => {
    const fault = requestFaultOf(error)
    if (fault !== null) return refuse(reply, fault.status, `invalid_request: ${fault.message}`)
    request.log.error({ err: error }, 'a demo request failed')
    return refuse(reply, 500, 'internal_error')
  })
  app.get('/demo/settings.json', () => ({
    project_id: demo.projectId,
    api_key: demo.testStoreKey,
    sdk_url: lastingUrl(sdk),
    sdk_version: sdk.version,
    client_url: CLIENT_URL,
    entitlement: 'pro',
    currency: 'CRD',
  }))
  app.route<{ Body: { app_user_id: string } }>({
    method: 'POST',
    url: '/demo/token',
    bodyLimit: TOKEN_BODY_MAX_BYTES,
    schema: { body: tokenBodySchema },
    onRequest: async (request, reply) => {
      const key = bearerOf(request.headers.authorization)
      if (key === null) return refuse(reply.header('www-authenticate', 'Bearer'), 401, 'missing_bearer')
      return key === demo.testStoreKey ? undefined : refuse(reply, 401, 'invalid_key')
    },
    handler: async (request, reply) => {
      const id = parseAppUserId(request.body.app_user_id)
      if (!id.ok) {
        const problem = id.refusal.code === 'app_user_id_empty' ? 'it is empty' : id.refusal.problem
        return refuse(reply, 422, `${id.refusal.code}: ${problem}`)
      }
      const { token, expiresAt } = demo.mintToken(id.value)
      return { token, expires_at: new Date(expiresAt).toISOString() }
    },
  })
}

function refuse(reply: FastifyReply, status: number, detail: string): FastifyReply {
  return reply.code(status).send({ detail })
}
