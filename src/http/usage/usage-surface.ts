import helmet from '@fastify/helmet'
import swagger from '@fastify/swagger'
import type { FastifyInstance, onRequestHookHandler } from 'fastify'
import { openApiOptions } from '../lib/openapi.ts'
import { apiHeaders, forbidCaching } from '../lib/security-headers.ts'
import { nameSurface } from '../lib/surface.ts'
import { consumeRoute } from './consume-route.ts'
import { answerThrown } from './error-handler.ts'
import { listenToRefusals } from './errors.ts'
import { getUsageRoute } from './get-usage-route.ts'
import { reservationRoutes } from './reservation-routes.ts'
import type { UsageDeps } from './usage-deps.ts'

/** What pages of other origins may read of an answer. */
const EXPOSED_HEADERS = [
  'X-Request-ID',
  'X-Purser-Revision',
  'Retry-After',
  'RateLimit-Limit',
  'RateLimit-Remaining',
  'RateLimit-Reset',
].join(', ')

/**
 * Web apps of every origin may call: they send a bearer and no cookie. Preflights and unknown paths below `/v1` are
 * answered by the surface that owns the prefix.
 */
const allowEveryOrigin: onRequestHookHandler = (_request, reply, done) => {
  reply.headers({ 'access-control-allow-origin': '*', 'access-control-expose-headers': EXPOSED_HEADERS })
  done()
}

/** The surface of usage meters: what users may use, and the taking of it. Register it without a prefix. */
export async function usageSurface(app: FastifyInstance, deps: UsageDeps): Promise<void> {
  nameSurface(app, 'usage')
  await app.register(helmet, apiHeaders(deps.openApi.publicUrl))
  app.addHook('onRequest', allowEveryOrigin)
  app.addHook('onRequest', forbidCaching)
  await app.register(swagger, openApiOptions('usage', deps.openApi))
  listenToRefusals(app, (code) => deps.onRefusal?.(code))
  app.setErrorHandler(answerThrown)
  getUsageRoute(app, deps)
  consumeRoute(app, deps)
  reservationRoutes(app, deps)
  app.addHook('onReady', async () => {
    // In braces: Fastify takes a value of this hook for an error.
    deps.onOpenApi('usage', () => app.swagger())
  })
}
