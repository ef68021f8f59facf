import { Type } from 'typebox'
import { setAttributes } from '../../../usecases/customers/set-attributes.ts'
import { callerOf } from '../key-guard.ts'
import { readAppUserId } from '../read-app-user-id.ts'
import { CustomerParams, ERRORS, operation } from '../route-schema.ts'
import type { SdkApp, SdkRoute } from '../sdk-route.ts'
import { attributionFromWire } from '../wire/attribution-from-wire.ts'

const Nothing = Type.Object({})

const attribution = {
  ...operation('postAttribution', 'Other', 'Tell where an install came from (deprecated)', 'public_or_secret'),
  description: 'Device ids and the id that a network gave the install become attributes. Nothing else is kept.',
  deprecated: true,
  params: CustomerParams,
  body: Type.Unknown(),
  response: { 200: Nothing, ...ERRORS },
}

const adServices = {
  ...operation('postAdServicesToken', 'Other', 'Hand over an Apple AdServices token', 'public'),
  description: 'Accepted and not kept: the token is not exchanged with Apple yet.',
  params: CustomerParams,
  body: Type.Unknown(),
  response: { 200: Nothing, ...ERRORS },
}

/** `POST /v1/subscribers/{app_user_id}/attribution` and `/adservices_attribution`. RevenueCat REST API v1. */
export function attributionRoutes(app: SdkApp, { ctx, guard }: SdkRoute): void {
  app.post(
    '/subscribers/:app_user_id/attribution',
    { schema: attribution, onRequest: guard('public_or_secret') },
    async (request) => {
      const appUserId = readAppUserId(request.params.app_user_id)
      const attributes = attributionFromWire(request.body)
      const { projectId } = callerOf(request)
      if (attributes.length > 0) await setAttributes(ctx, { projectId, appUserId, attributes })
      return {}
    },
  )
  app.post(
    '/subscribers/:app_user_id/adservices_attribution',
    { schema: adServices, onRequest: guard('public') },
    async (request) => {
      readAppUserId(request.params.app_user_id)
      return {}
    },
  )
}
