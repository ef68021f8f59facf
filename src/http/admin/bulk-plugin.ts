import type { FastifyInstance } from 'fastify'
import type { AdminDeps } from './admin-deps.ts'
import { BULK_ORDERS, bulkOrderRoutes, bulkReadRoutes } from './bulk-routes.ts'
import { bulkRowsRoutes } from './bulk-rows-routes.ts'
import { bulkUploadRoute } from './bulk-upload-route.ts'
import type { AdminGuard } from './guard.ts'
import { refuseOtherMethods } from './other-methods.ts'

type Deps = Pick<AdminDeps, 'ctx' | 'projectFor' | 'maxAdjust' | 'readCsv' | 'limits'>

/** All routes of bulk grants, in a plugin of their own: no other route reads CSV. */
export function bulkPlugin(deps: Deps, guard: AdminGuard): (app: FastifyInstance) => Promise<void> {
  return async (app) => {
    const guardRead = guard(deps.limits.balances, 'read')
    const guardBulk = guard(deps.limits.adjust, 'bulk')
    bulkUploadRoute(app, deps, guardBulk)
    bulkOrderRoutes(app, deps, guardBulk)
    bulkReadRoutes(app, deps, guardRead)
    bulkRowsRoutes(app, deps, guardRead)
    refuseOtherMethods(app, '/credits/bulk', ['GET', 'POST'])
    refuseOtherMethods(app, '/credits/bulk/:bulk_id', ['GET'])
    refuseOtherMethods(app, '/credits/bulk/:bulk_id/rows', ['GET'])
    refuseOtherMethods(app, '/credits/bulk/:bulk_id/result.csv', ['GET'])
    for (const order of BULK_ORDERS) refuseOtherMethods(app, `/credits/bulk/:bulk_id/${order}`, ['POST'])
  }
}
