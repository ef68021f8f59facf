import { Type } from 'typebox'
import { readAppUserId } from '../read-app-user-id.ts'
import { CustomerParams, ERRORS, operation } from '../route-schema.ts'
import type { SdkApp, SdkRoute } from '../sdk-route.ts'

const schema = {
  ...operation('getRewardVerification', 'Other', 'Tell whether a rewarded ad was verified', 'public'),
  description: 'No network of ads reports here, so none ever is. `failed` ends the polling of SDKs.',
  params: Type.Object({ ...CustomerParams.properties, client_transaction_id: Type.String() }),
  response: {
    200: Type.Object({
      status: Type.Literal('failed'),
      reward: Type.Null(),
      more_rewards: Type.Array(Type.Unknown()),
      message: Type.String(),
    }),
    ...ERRORS,
  },
}

/** `GET /v1/subscribers/{app_user_id}/ads/reward_verifications/{client_transaction_id}`, polled by the mobile SDKs. */
export function rewardVerificationsRoute(app: SdkApp, { guard }: SdkRoute): void {
  const path = '/subscribers/:app_user_id/ads/reward_verifications/:client_transaction_id'
  app.get(path, { schema, onRequest: guard('public') }, async (request) => {
    readAppUserId(request.params.app_user_id)
    return {
      status: 'failed' as const,
      reward: null,
      more_rewards: [],
      message: 'This server gives no rewards for ads.',
    }
  })
}
