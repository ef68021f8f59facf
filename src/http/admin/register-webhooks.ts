import type { FastifyInstance } from 'fastify'
import type { AdminDeps } from './admin-deps.ts'
import type { AdminGuard } from './guard.ts'
import { refuseOtherMethods } from './other-methods.ts'
import { webhookDeliveriesRoutes } from './webhook-deliveries-routes.ts'
import { webhookEndpointsRoutes } from './webhook-endpoints-routes.ts'

/** Registers the routes about endpoints that events are sent to, and what became of events there. */
export function registerWebhooks(app: FastifyInstance, deps: AdminDeps, guard: AdminGuard): void {
  webhookEndpointsRoutes(app, deps, guard)
  webhookDeliveriesRoutes(app, deps, guard)
  const one = '/webhooks/endpoints/:endpoint_id'
  refuseOtherMethods(app, '/webhooks/endpoints', ['GET', 'POST'])
  refuseOtherMethods(app, one, ['GET', 'PATCH', 'DELETE'])
  refuseOtherMethods(app, `${one}/deliveries`, ['GET'])
  refuseOtherMethods(app, `${one}/deliveries/:position`, ['GET'])
  refuseOtherMethods(app, `${one}/deliveries/:position/replay`, ['POST'])
  for (const action of ['rotate-secret', 'replay', 'test']) refuseOtherMethods(app, `${one}/${action}`, ['POST'])
}
