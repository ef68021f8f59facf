import type { FastifyInstance } from 'fastify'
import type { AdminDeps } from './admin-deps.ts'
import { approvalSettingsRoutes } from './approval-settings-routes.ts'
import { approvalsRoutes } from './approvals-routes.ts'
import { decisionRoutes } from './decision-routes.ts'
import type { AdminGuard } from './guard.ts'
import { operatorTokenRoutes } from './operator-token-routes.ts'
import { operatorsRoutes } from './operators-routes.ts'
import { refuseOtherMethods } from './other-methods.ts'

/** Registers the routes about operators themselves, and about changes that need two of them. */
export function registerOperators(app: FastifyInstance, deps: AdminDeps, guard: AdminGuard): void {
  operatorsRoutes(app, deps, guard)
  operatorTokenRoutes(app, deps, guard)
  approvalSettingsRoutes(app, deps, guard)
  approvalsRoutes(app, deps, guard)
  decisionRoutes(app, deps, guard)
  refuseOtherMethods(app, '/operators', ['GET', 'POST'])
  refuseOtherMethods(app, '/operators/:operator_id', ['PATCH'])
  refuseOtherMethods(app, '/operators/:operator_id/tokens', ['POST', 'DELETE'])
  refuseOtherMethods(app, '/operators/:operator_id/tokens/:token_id', ['DELETE'])
  refuseOtherMethods(app, '/approval-settings', ['GET', 'PUT'])
  refuseOtherMethods(app, '/credits/approvals', ['GET'])
  refuseOtherMethods(app, '/credits/approvals/:approval_id', ['GET'])
  refuseOtherMethods(app, '/credits/approvals/:approval_id/approve', ['POST'])
  refuseOtherMethods(app, '/credits/approvals/:approval_id/reject', ['POST'])
}
