import type { FastifyRequest } from 'fastify'
import { assert } from '../../core/lib/assert.ts'
import { ok, refuse } from '../../core/lib/result.ts'
import { type AdminCaller, actorOf, identityOf, projectOf } from '../../core/operators/caller.ts'
import { type Admit, admitCaller } from '../../usecases/operators/admission.ts'
import type { Ctx } from '../../usecases/ports.ts'
import type { AdminDeps } from './admin-deps.ts'

declare module 'fastify' {
  interface FastifyRequest {
    adminCaller?: AdminCaller
  }
}

/** Whoever sends a request to a route that has a guard. */
export function callerOf(request: FastifyRequest): AdminCaller {
  assert(request.adminCaller !== undefined, 'a guarded route knows its caller')
  return request.adminCaller
}

/** Who a change is booked under: `admin` for the shared secret, an operator as `id/name`. */
export function actorOfRequest(request: FastifyRequest): string {
  return actorOf(identityOf(callerOf(request)))
}

/** Who a change is booked under, whether they may make it, and by which request. */
export function writerOf(ctx: Ctx, request: FastifyRequest): { actor: string; admit: Admit | null; requestId: string } {
  return { actor: actorOfRequest(request), admit: admitCaller(ctx, callerOf(request)), requestId: request.id }
}

/**
 * The project that a request is about. An operator of one project means that one without a header, and learns of no
 * other.
 */
export function projectForCaller(projectFor: AdminDeps['projectFor']): AdminDeps['projectFor'] {
  return async (request) => {
    const own = projectOf(callerOf(request))
    if (own === null) return projectFor(request)
    const named = request.headers['x-purser-project']
    return named === undefined || named === '' || named === own ? ok(own) : refuse({ code: 'project_unknown' })
  }
}
