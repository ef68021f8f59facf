import { Type } from 'typebox'
import { ERRORS, operation } from '../route-schema.ts'
import { faultBody } from '../sdk-fault.ts'
import type { SdkApp, SdkRoute } from '../sdk-route.ts'

/** Offers signed in one call; an app asks for those of one screen. */
const MAX_OFFERS = 100

const schema = {
  ...operation('signOffers', 'Purchases', 'Sign promotional offers of the App Store', 'public'),
  description: 'Each offer is answered with an error: no signing key of the App Store can be configured yet.',
  body: Type.Object({
    generate_offers: Type.Array(Type.Object({ offer_id: Type.String(), product_id: Type.String() }), {
      maxItems: MAX_OFFERS,
    }),
  }),
  response: {
    200: Type.Object({
      offers: Type.Array(
        Type.Object({
          offer_id: Type.String(),
          product_id: Type.String(),
          key_id: Type.String(),
          signature_data: Type.Null(),
          signature_error: Type.Object({ code: Type.Integer(), message: Type.String() }),
        }),
      ),
    }),
    ...ERRORS,
  },
}

/** `POST /v1/offers`, asked by the iOS SDK. */
export function offersRoute(app: SdkApp, { guard }: SdkRoute): void {
  app.post('/offers', { schema, onRequest: guard('public') }, async (request) => ({
    offers: request.body.generate_offers.map(({ offer_id, product_id }) => ({
      offer_id,
      product_id,
      key_id: '',
      signature_data: null,
      signature_error: faultBody('signing_key_missing'),
    })),
  }))
}
