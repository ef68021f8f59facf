import type { FastifyInstance, HTTPMethods } from 'fastify'
import { ApiFault } from './api-fault.ts'

/** Methods that clients use; a more exotic one is answered like an unknown path. */
const METHODS: readonly HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

/**
 * Makes a known path answer 400 to the methods it has no route for, before anything is read of the request.
 * RevenueCat REST API v2, errors.
 */
export function refuseOtherMethods(app: FastifyInstance, url: string, allowed: readonly HTTPMethods[]): void {
  app.route({
    url,
    method: METHODS.filter((method) => !allowed.includes(method)),
    schema: { hide: true },
    onRequest: async (request, reply) => {
      reply.header('allow', allowed.join(', '))
      throw new ApiFault('invalid_request', `${request.method} is not a method of this path`)
    },
    // The hook has answered; a route needs a handler all the same.
    handler: async (_request, reply) => reply,
  })
}
