import { Type } from 'typebox'
import { viewCustomer } from '../../../usecases/customers/get-customer.ts'
import { type RedeemRefusal, redeemPurchase } from '../../../usecases/purchases/redeem-purchase.ts'
import { answerCustomer } from '../answer-customer.ts'
import { appOf } from '../key-guard.ts'
import { readAppUserId } from '../read-app-user-id.ts'
import { ERRORS, operation } from '../route-schema.ts'
import { SdkFault, type SdkFaultName } from '../sdk-fault.ts'
import type { SdkApp, SdkRoute } from '../sdk-route.ts'
import { CustomerInfoRef } from '../wire/customer-info.ts'

/** Ours have 43 characters; longer input is not worth a query. */
const TOKEN_MAX_LENGTH = 200
/** What is kept of a header that the caller chose. */
const PLATFORM_MAX_LENGTH = 30

const FAULT_OF_REFUSAL = {
  redemption_invalid: 'redemption_invalid',
  redemption_expired: 'redemption_expired',
  redemption_not_yours: 'redemption_not_yours',
} as const satisfies Record<RedeemRefusal['code'], SdkFaultName>

const schema = {
  ...operation('redeemPurchase', 'Purchases', 'Take a purchase along by its link', 'public'),
  description:
    'Links are made through the Admin API; each works once, for an hour. 7849: no such link. 7852: used by somebody ' +
    'else, or the purchase may not move. 7853: too late.',
  body: Type.Object({ redemption_token: Type.String(), app_user_id: Type.String() }),
  response: { 200: CustomerInfoRef, ...ERRORS },
}

/** `POST /v1/subscribers/redeem_purchase`. It wins over a customer called `redeem_purchase`. RevenueCat REST API v1. */
export function redeemPurchaseRoute(app: SdkApp, { ctx, guard }: SdkRoute): void {
  app.post('/subscribers/redeem_purchase', { schema, onRequest: guard('public') }, async (request, reply) => {
    const { redemption_token: token, app_user_id } = request.body
    const appUserId = readAppUserId(app_user_id)
    if (token.length > TOKEN_MAX_LENGTH) throw new SdkFault('redemption_invalid')
    const caller = appOf(request)
    const project = await ctx.read.projects.get(caller.projectId)
    if (project === null) throw new SdkFault('key_invalid')
    const platform = request.headers['x-platform']
    const redeemed = await redeemPurchase(ctx, {
      project,
      app: caller,
      appUserId,
      tokenHash: ctx.hash(token),
      platform: typeof platform === 'string' ? platform.toLowerCase().slice(0, PLATFORM_MAX_LENGTH) : null,
    })
    if (!redeemed.ok) throw redemptionFault(redeemed.refusal)
    return answerCustomer(ctx, request, reply, await viewCustomer(ctx, redeemed.value))
  })
}

/** SDKs take an expired link for one only when they are told an address, so there is one although nothing is mailed. */
function redemptionFault(refusal: RedeemRefusal): SdkFault {
  const extra =
    refusal.code === 'redemption_expired'
      ? { purchase_redemption_error_info: { obfuscated_email: obfuscated(refusal.email) } }
      : {}
  return new SdkFault(FAULT_OF_REFUSAL[refusal.code], undefined, extra)
}

/** `a***@e***.com`: enough for the owner to know which, too little for anybody else. Empty when there is none. */
function obfuscated(email: string | null): string {
  const [, name = '', host = '', ending = ''] = /^(.)[^@]*@(.).*(\.[^.@]+)$/u.exec(email ?? '') ?? []
  return name === '' ? '' : `${name}***@${host}***${ending}`
}
