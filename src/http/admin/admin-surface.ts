import helmet from '@fastify/helmet'
import swagger from '@fastify/swagger'
import type { FastifyInstance } from 'fastify'
import { openApiOptions } from '../lib/openapi.ts'
import { apiHeaders, forbidCaching } from '../lib/security-headers.ts'
import { nameSurface } from '../lib/surface.ts'
import { adjustRoute } from './adjust-route.ts'
import { projectForCaller } from './admin-caller.ts'
import type { AdminDeps } from './admin-deps.ts'
import { balancesRoute } from './balances-route.ts'
import { bulkPlugin } from './bulk-plugin.ts'
import { creditsCapRoutes } from './credits-cap-routes.ts'
import { currenciesRoute } from './currencies-route.ts'
import { currencyPolicyRoutes } from './currency-policy-routes.ts'
import { customerCenterRoutes } from './customer-center-routes.ts'
import { registerDeviceRoutes } from './device-routes.ts'
import { answerThrown } from './error-handler.ts'
import { listenToRefusals, sendError } from './errors.ts'
import { eventFeedRoute } from './event-feed-route.ts'
import { explainRoute } from './explain-route.ts'
import { findUsersRoute } from './find-users-route.ts'
import { type AdminGuard, adminGuard } from './guard.ts'
import { holdListRoute } from './hold-list-route.ts'
import { HOLD_ACTIONS, holdRoutes } from './hold-routes.ts'
import { internalPaths } from './internal-paths.ts'
import { acceptJsonOnly } from './json-only.ts'
import { refuseWithoutLedger } from './only-upstream.ts'
import { refuseOtherMethods } from './other-methods.ts'
import { publishRoute } from './publish-route.ts'
import { registerRealtimeBootstrap } from './realtime-bootstrap.ts'
import { registerRealtimeSignOut } from './realtime-sign-out.ts'
import { registerRealtimeStreams } from './realtime-streams.ts'
import { redemptionsRoute } from './redemptions-route.ts'
import { registerCustomers } from './register-customers.ts'
import { registerOperators } from './register-operators.ts'
import { registerWebhooks } from './register-webhooks.ts'
import { reverseRoute } from './reverse-route.ts'
import { revokeRoute } from './revoke-route.ts'
import { searchRoute } from './search-route.ts'
import { statementRoute } from './statement-route.ts'
import { ticketsRoute } from './tickets-route.ts'
import { transactionsRoutes } from './transactions-routes.ts'
import { transferRoute } from './transfer-route.ts'
import { usageConfigRoutes } from './usage-config-routes.ts'
import { refuseOtherDryRuns } from './write-run.ts'

/**
 * The surface of operators (Admin Credits API), and of signed-in users who start a realtime session: both share the
 * error form `{"detail": ...}` and a document. Register it without a prefix.
 */
export async function adminSurface(app: FastifyInstance, deps: AdminDeps): Promise<void> {
  nameSurface(app, 'admin')
  await app.register(helmet, apiHeaders(deps.openApi.publicUrl))
  app.addHook('onRequest', forbidCaching)
  await app.register(swagger, openApiOptions('admin', deps.openApi))
  listenToRefusals(app, (code) => deps.onRefusal?.(code))
  app.setErrorHandler(answerThrown)
  registerRealtimeBootstrap(app, deps.realtime)
  registerRealtimeSignOut(app, deps.realtime)
  registerRealtimeStreams(app, deps.realtime)
  registerDeviceRoutes(app, deps.realtime)
  const guard = adminGuard(deps)
  const forCaller = { ...deps, projectFor: projectForCaller(deps.projectFor) }
  await app.register(async (credits) => creditsRoutes(credits, forCaller, guard), { prefix: '/admin' })
  await app.register(async (internal) => internalPaths(internal, deps, guard), { prefix: '/internal' })
  app.addHook('onReady', async () => {
    // In braces: Fastify takes a value of this hook for an error.
    deps.onOpenApi('admin', () => app.swagger())
  })
}

function creditsRoutes(app: FastifyInstance, deps: AdminDeps, guard: AdminGuard): void {
  acceptJsonOnly(app)
  // The schemas describe; the parse files decide. Rules such as "without surrounding blanks" have no schema.
  app.setValidatorCompiler(() => () => true)
  app.setNotFoundHandler((_request, reply) => sendError(reply, 'not_found'))
  refuseOtherDryRuns(app)
  // Before a body is read: to an unknown path, no content type is wrong.
  app.addHook('onRequest', async (request, reply) => (request.is404 ? sendError(reply, 'not_found') : undefined))
  if (deps.credits.keptBy === 'upstream') refuseWithoutLedger(app)
  currenciesRoute(app, deps, guard(deps.limits.currencies, 'read'))
  const guardRead = guard(deps.limits.balances, 'read')
  balancesRoute(app, deps, guardRead)
  transactionsRoutes(app, deps, guardRead)
  searchRoute(app, deps, guardRead)
  findUsersRoute(app, deps, guardRead)
  statementRoute(app, deps, guardRead)
  explainRoute(app, deps, guardRead)
  registerCustomers(app, deps, guard)
  eventFeedRoute(app, deps, guardRead)
  const guardWrite = guard(deps.limits.adjust, 'change')
  adjustRoute(app, deps, guardWrite)
  reverseRoute(app, deps, guardWrite)
  transferRoute(app, deps, guardWrite)
  holdRoutes(app, deps, guard(deps.limits.holds, 'change'))
  holdListRoute(app, deps, guardRead)
  registerOperators(app, deps, guard)
  registerWebhooks(app, deps, guard)
  app.register(bulkPlugin(deps, guard))
  const guardConfig = { read: guard(deps.limits.currencies, 'read'), manage: guard(deps.limits.currencies, 'manage') }
  currencyPolicyRoutes(app, deps, guardConfig)
  usageConfigRoutes(app, deps, guardConfig)
  creditsCapRoutes(app, deps, guardConfig)
  customerCenterRoutes(app, deps, guardConfig)
  ticketsRoute(app, deps, guardRead)
  redemptionsRoute(app, deps, guardConfig.manage)
  refuseOtherMethods(app, '/customer-center', ['GET', 'PUT'])
  refuseOtherMethods(app, '/tickets', ['GET'])
  refuseOtherMethods(app, '/customers/:user_id/redemptions', ['POST'])
  refuseOtherMethods(app, '/credits/currencies', ['GET'])
  refuseOtherMethods(app, '/credits/currencies/:code', ['GET', 'PATCH'])
  refuseOtherMethods(app, '/credits/transfers', ['POST'])
  refuseOtherMethods(app, '/usage/config', ['GET', 'PUT'])
  refuseOtherMethods(app, '/usage/users/:user_id/credits-cap', ['GET', 'PUT'])
  revokeRoute(app, deps, guard(deps.limits.adjust, 'change'))
  publishRoute(app, deps, guard(deps.limits.publish, 'manage'))
  refuseOtherMethods(app, '/realtime/users/:user_id/revoke', ['POST'])
  refuseOtherMethods(app, '/credits/users/:user_id/balances', ['GET'])
  refuseOtherMethods(app, '/credits/transactions', ['GET'])
  refuseOtherMethods(app, '/credits/users', ['GET'])
  refuseOtherMethods(app, '/credits/users/:user_id/statement', ['GET'])
  refuseOtherMethods(app, '/credits/users/:user_id/explain', ['GET'])
  refuseOtherMethods(app, '/credits/adjust', ['POST'])
  refuseOtherMethods(app, '/credits/users/:user_id/adjust', ['POST'])
  refuseOtherMethods(app, '/credits/users/:user_id/holds', ['GET', 'POST'])
  for (const action of HOLD_ACTIONS) refuseOtherMethods(app, `/credits/holds/:hold_id/${action}`, ['POST'])
  refuseOtherMethods(app, '/credits/users/:user_id/transactions', ['GET'])
  refuseOtherMethods(app, '/credits/transactions/:transaction_id', ['GET'])
  refuseOtherMethods(app, '/credits/transactions/:transaction_id/reverse', ['POST'])
  refuseOtherMethods(app, '/realtime/publish', ['POST'])
}
