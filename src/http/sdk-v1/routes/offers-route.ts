import type { FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import type { App } from '../../../core/projects/project.ts'
import type { OfferSigner } from '../../../usecases/ports/offer-signer.ts'
import type { Ctx } from '../../../usecases/ports.ts'
import { appOf } from '../key-guard.ts'
import { readAppUserId } from '../read-app-user-id.ts'
import { ERRORS, operation } from '../route-schema.ts'
import { faultBody, type SdkErrorBody } from '../sdk-fault.ts'
import type { SdkApp, SdkRoute } from '../sdk-route.ts'
import { nullable } from '../wire/values.ts'

/** Offers signed in one call; an app asks for those of one screen. */
const MAX_OFFERS = 100
/** Longer than any identifier of the App Store. */
const MAX_ID_LENGTH = 255

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

const Id = Type.String({ minLength: 1, maxLength: MAX_ID_LENGTH })
const WantedOffer = Type.Object({ offer_id: Id, product_id: Id })
type WantedOffer = Static<typeof WantedOffer>

const schema = {
  ...operation('signOffers', 'Purchases', 'Sign promotional offers of the App Store', 'public'),
  description:
    'Each offer is answered with a signature or an error: 7234 when no key of the App Store is configured, 7232 for ' +
    'somebody who never had a subscription.',
  body: Type.Object({
    app_user_id: Type.String(),
    generate_offers: Type.Array(WantedOffer, { maxItems: MAX_OFFERS }),
  }),
  response: {
    200: Type.Object({
      offers: Type.Array(
        Type.Object({
          offer_id: Type.String(),
          product_id: Type.String(),
          key_id: Type.String(),
          signature_data: nullable(
            Type.Object({ nonce: Type.String(), signature: Type.String(), timestamp: Type.Integer() }),
          ),
          signature_error: nullable(Type.Object({ code: Type.Integer(), message: Type.String() })),
        }),
      ),
    }),
    ...ERRORS,
  },
}

/** `POST /v1/offers`, asked by the iOS SDK. RevenueCat REST API v1. */
export function offersRoute(app: SdkApp, { ctx, guard, offerSigner }: SdkRoute): void {
  app.post('/offers', { schema, onRequest: guard('public') }, async (request) => {
    const { app_user_id, generate_offers: wanted } = request.body
    const appUserId = readAppUserId(app_user_id)
    const caller = appOf(request)
    if (offerSigner === null || !isApple(caller)) return { offers: wanted.map(refused('signing_key_missing')) }
    if (!(await hadSubscription(ctx, caller, appUserId))) return { offers: wanted.map(refused('offer_ineligible')) }
    const account = accountOf(request, appUserId)
    return { offers: wanted.map((offer) => signed(offerSigner, offer, account, ctx.clock.now())) }
  })
}

function isApple({ store }: App): boolean {
  return store === 'app_store' || store === 'mac_app_store'
}

/**
 * Offers are for those who have or had a subscription. The App Store holds to that itself, so while its purchases cannot
 * be verified here and may be unknown, nobody is refused.
 */
async function hadSubscription(ctx: Ctx, { projectId, store }: App, appUserId: string): Promise<boolean> {
  if (ctx.stores(store) === null) return true
  const view = await ctx.read.customers.view(projectId, appUserId)
  return view?.purchases.some((purchase) => purchase.store === store && purchase.type === 'subscription') ?? false
}

/**
 * What the SDK hands to StoreKit as the account, which must be what is signed: with StoreKit 1 the app user id as it is,
 * with StoreKit 2 the id only when it is a UUID.
 */
function accountOf(request: FastifyRequest, appUserId: string): string {
  const version = request.headers['x-storekit-version']
  const isFirst = version === undefined ? request.headers['x-storekit2-enabled'] !== 'true' : version === '1'
  if (isFirst) return appUserId
  const account = appUserId.toLowerCase()
  return UUID.test(account) ? account : ''
}

function signed(signer: OfferSigner, { offer_id, product_id }: WantedOffer, account: string, timestamp: number) {
  const made = signer.sign({ productId: product_id, offerId: offer_id, account, signedAt: timestamp })
  return { offer_id, product_id, key_id: signer.keyId, signature_data: { ...made, timestamp }, signature_error: null }
}

function refused(fault: 'signing_key_missing' | 'offer_ineligible') {
  const signature_error: SdkErrorBody = faultBody(fault)
  return ({ offer_id, product_id }: WantedOffer) => ({
    offer_id,
    product_id,
    key_id: '',
    signature_data: null,
    signature_error,
  })
}
