import helmet from '@fastify/helmet'
import type { FastifyInstance } from 'fastify'
import { requestFaultOf } from '../lib/request-fault.ts'
import { apiHeaders, forbidCaching } from '../lib/security-headers.ts'
import { nameSurface } from '../lib/surface.ts'
import { healthRoutes } from './health-routes.ts'
import { metricsRoute } from './metrics-route.ts'
import { openApiRoute } from './openapi-route.ts'
import type { OpsDeps } from './ops-deps.ts'
import { referenceRoutes } from './reference-routes.ts'

/**
 * What runs a server rather than uses it: health, metrics, the OpenAPI documents and a page that shows them. Nothing
 * here asks who is calling. Errors are `{"detail": ...}`. Register it without a prefix.
 */
export async function opsSurface(app: FastifyInstance, deps: OpsDeps): Promise<void> {
  nameSurface(app, 'ops')
  await app.register(helmet, apiHeaders(deps.publicUrl))
  app.addHook('onRequest', forbidCaching)
  app.setErrorHandler((error, request, reply) => {
    const fault = requestFaultOf(error)
    if (fault !== null) return reply.code(fault.status).send({ detail: `invalid_request: ${fault.message}` })
    request.log.error({ err: error }, 'a request of the operating surface failed')
    return reply.code(500).send({ detail: 'internal_error', request_id: request.id })
  })
  healthRoutes(app, deps)
  metricsRoute(app, deps)
  await app.register(async (documents) => openApiRoute(documents, deps), { prefix: '/openapi' })
  await app.register(async (reference) => referenceRoutes(reference, deps), { prefix: '/reference' })
}
