import type { FastifyInstance } from 'fastify'
import type { AdminDeps } from './admin-deps.ts'
import { sendError } from './errors.ts'
import type { AdminGuard } from './guard.ts'

/**
 * Everything below `/internal` is behind the guard of the admin routes, whatever the path and the method: what is put
 * there later cannot be forgotten, and a stranger does not learn what there is. Nothing is there yet.
 */
export function internalPaths(app: FastifyInstance, { limits }: Pick<AdminDeps, 'limits'>, guard: AdminGuard): void {
  const onRequest = guard(limits.balances, 'read')
  app.addHook('onRequest', async (request, reply) => {
    const refused = await onRequest(request, reply)
    // Answered before a body is read: to an unknown path, no content type is wrong.
    return refused ?? (request.is404 ? sendError(reply, 'not_found') : undefined)
  })
  app.setNotFoundHandler((_request, reply) => sendError(reply, 'not_found'))
  // Without these the CORS of other surfaces, which answers preflights of every path, would answer for this one.
  for (const url of ['/', '/*']) {
    app.options(url, { schema: { hide: true } }, async (_request, reply) => sendError(reply, 'not_found'))
  }
}
