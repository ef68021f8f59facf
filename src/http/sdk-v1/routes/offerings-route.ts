import { appOf } from '../key-guard.ts'
import { readAppUserId } from '../read-app-user-id.ts'
import { CustomerParams, ERRORS, operation } from '../route-schema.ts'
import type { SdkApp, SdkRoute } from '../sdk-route.ts'
import { Offerings, offeringsToWire } from '../wire/offerings-to-wire.ts'

const schema = {
  ...operation('getOfferings', 'Catalogue', 'Get what the app can sell', 'public'),
  description:
    'Packages whose product belongs to another app of the project are left out. The current offering is the one that ' +
    'was chosen for the customer, if there is one. Creates no customer.',
  params: CustomerParams,
  response: { 200: Offerings, ...ERRORS },
}

const forEverybody = {
  ...operation('getOfferingsOfApp', 'Catalogue', 'Get what the app can sell, without a customer', 'public'),
  response: { 200: Offerings, ...ERRORS },
}

/** `GET /v1/subscribers/{app_user_id}/offerings`, and `GET /v1/offerings` as the fallback host has it. REST API v1. */
export function offeringsRoutes(app: SdkApp, { ctx, guard }: SdkRoute): void {
  app.get('/subscribers/:app_user_id/offerings', { schema, onRequest: guard('public') }, async (request) => {
    const appUserId = readAppUserId(request.params.app_user_id)
    const { appId, projectId } = appOf(request)
    const [catalog, customer] = await Promise.all([
      ctx.read.catalog.ofProject(projectId),
      ctx.read.customers.findByAppUserId(projectId, appUserId),
    ])
    return offeringsToWire(catalog, appId, customer?.offeringOverrideId ?? null)
  })
  app.get('/offerings', { schema: forEverybody, onRequest: guard('public') }, async (request) => {
    const { appId, projectId } = appOf(request)
    return offeringsToWire(await ctx.read.catalog.ofProject(projectId), appId, null)
  })
}
