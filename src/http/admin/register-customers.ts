import type { FastifyInstance } from 'fastify'
import type { AdminDeps } from './admin-deps.ts'
import { blockedUsersRoutes } from './blocked-users-routes.ts'
import { explainAccessRoute } from './explain-access-route.ts'
import type { AdminGuard } from './guard.ts'
import { refuseOtherMethods } from './other-methods.ts'
import { testStoreRoute } from './test-store-route.ts'

/** The routes about who has access and why, who may not be a customer, and what a tester does to a purchase. */
export function registerCustomers(app: FastifyInstance, deps: AdminDeps, guard: AdminGuard): void {
  explainAccessRoute(app, deps, guard(deps.limits.balances, 'read'))
  blockedUsersRoutes(app, deps, {
    read: guard(deps.limits.currencies, 'read'),
    manage: guard(deps.limits.currencies, 'manage'),
  })
  testStoreRoute(app, deps, guard(deps.limits.adjust, 'manage'))
  refuseOtherMethods(app, '/test-store/users/:user_id/actions', ['POST'])
  refuseOtherMethods(app, '/customers/:user_id/access', ['GET'])
  refuseOtherMethods(app, '/blocked-users', ['GET'])
  refuseOtherMethods(app, '/blocked-users/:user_id', ['PUT', 'DELETE'])
}
