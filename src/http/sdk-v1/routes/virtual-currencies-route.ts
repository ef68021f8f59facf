import { Type } from 'typebox'
import { listBalances } from '../../../usecases/wallet/list-balances.ts'
import { minRevisionQuery, reachRevision } from '../../lib/min-revision.ts'
import { REVISION_HEADER } from '../answer-customer.ts'
import { callerOf } from '../key-guard.ts'
import { readAppUserId } from '../read-app-user-id.ts'
import { CustomerParams, ERRORS, operation } from '../route-schema.ts'
import type { SdkApp, SdkRoute } from '../sdk-route.ts'
import { VirtualCurrencies, virtualCurrenciesToWire } from '../wire/virtual-currencies-to-wire.ts'

const schema = {
  ...operation('getVirtualCurrencies', 'Customers', 'Get balances', 'public'),
  description: 'All currencies of the project. A customer that does not exist has nothing, and is not created.',
  params: CustomerParams,
  querystring: Type.Object(minRevisionQuery),
  response: { 200: VirtualCurrencies, ...ERRORS },
}

/** `GET /v1/subscribers/{app_user_id}/virtual_currencies`. RevenueCat REST API v1. */
export function virtualCurrenciesRoute(app: SdkApp, { ctx, guard }: SdkRoute): void {
  app.get(
    '/subscribers/:app_user_id/virtual_currencies',
    { schema, onRequest: guard('public') },
    async (request, reply) => {
      const appUserId = readAppUserId(request.params.app_user_id)
      const { projectId } = callerOf(request)
      await reachRevision(ctx, request.query, { projectId, appUserId })
      const listed = await listBalances(ctx, { projectId, appUserId })
      if (listed.ok) {
        reply.header(REVISION_HEADER, listed.value.revision)
        return virtualCurrenciesToWire(listed.value.balances)
      }
      const { currencies } = await ctx.read.catalog.ofProject(projectId)
      return virtualCurrenciesToWire(currencies.map((currency) => ({ currency, balance: 0 })))
    },
  )
}
