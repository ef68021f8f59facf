import { appOf } from '../key-guard.ts'
import { readAppUserId } from '../read-app-user-id.ts'
import { CustomerParams, ERRORS, operation } from '../route-schema.ts'
import type { SdkApp, SdkRoute } from '../sdk-route.ts'
import { Offerings, offeringsToWire } from '../wire/offerings-to-wire.ts'

const schema = {
  ...operation('getOfferings', 'Catalogue', 'Get what the app can sell', 'public'),
  description: 'Packages whose product belongs to another app of the project are left out. Creates no customer.',
  params: CustomerParams,
  response: { 200: Offerings, ...ERRORS },
}

/** `GET /v1/subscribers/{app_user_id}/offerings`. RevenueCat REST API v1. */
export function offeringsRoute(app: SdkApp, { ctx, guard }: SdkRoute): void {
  app.get('/subscribers/:app_user_id/offerings', { schema, onRequest: guard('public') }, async (request) => {
    readAppUserId(request.params.app_user_id)
    const { appId, projectId } = appOf(request)
    return offeringsToWire(await ctx.read.catalog.ofProject(projectId), appId)
  })
}
