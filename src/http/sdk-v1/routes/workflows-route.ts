import { Type } from 'typebox'
import { readAppUserId } from '../read-app-user-id.ts'
import { CustomerParams, ERRORS, operation } from '../route-schema.ts'
import type { SdkApp, SdkRoute } from '../sdk-route.ts'

const schema = {
  ...operation('listWorkflows', 'Other', 'List paywall workflows', 'public'),
  description: 'There are none; SDKs then show the paywall of the offering.',
  params: CustomerParams,
  response: { 200: Type.Object({ workflows: Type.Array(Type.Unknown()), ui_config: Type.Object({}) }), ...ERRORS },
}

/** `GET /v1/subscribers/{app_user_id}/workflows`, asked by the JavaScript SDK before it shows a paywall. */
export function workflowsRoute(app: SdkApp, { guard }: SdkRoute): void {
  app.get('/subscribers/:app_user_id/workflows', { schema, onRequest: guard('public') }, async (request) => {
    readAppUserId(request.params.app_user_id)
    return { workflows: [], ui_config: {} }
  })
}
