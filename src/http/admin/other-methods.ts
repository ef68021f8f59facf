import type { FastifyInstance, HTTPMethods } from 'fastify'
import { sendError } from './errors.ts'

/** Methods that clients use; a more exotic one is answered like an unknown path. */
const METHODS: readonly HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

/**
 * Makes a known path answer 405 to the methods it has no route for, before anything is read of the request. OPTIONS is
 * one of them: pages of other origins have no business here, so there is no CORS.
 */
export function refuseOtherMethods(app: FastifyInstance, url: string, allowed: readonly HTTPMethods[]): void {
  app.route({
    url,
    method: METHODS.filter((method) => !allowed.includes(method)),
    schema: { hide: true },
    onRequest: async (_request, reply) => sendError(reply.header('allow', allowed.join(', ')), 'method_not_allowed'),
    // The hook has answered; a route needs a handler all the same.
    handler: async (_request, reply) => reply,
  })
}
