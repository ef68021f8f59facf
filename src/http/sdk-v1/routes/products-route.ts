import { Type } from 'typebox'
import { appOf } from '../key-guard.ts'
import { readAppUserId } from '../read-app-user-id.ts'
import { CustomerParams, ERRORS, operation } from '../route-schema.ts'
import type { SdkApp, SdkRoute } from '../sdk-route.ts'
import { Products, productsToWire } from '../wire/products-to-wire.ts'

/** Products of one call. SDKs split their calls at about a hundred, by the length of the path. */
const MAX_PRODUCTS = 200

const schema = {
  ...operation('getProducts', 'Catalogue', 'Get details of products', 'public'),
  description: 'Names, periods and prices of the Test Store and of web billing. Unknown products are left out.',
  params: CustomerParams,
  querystring: Type.Object({
    id: Type.Union([Type.String(), Type.Array(Type.String(), { maxItems: MAX_PRODUCTS })], {
      description: 'A product id; may be given several times.',
    }),
    currency: Type.Optional(Type.Unknown({ description: 'Ignored: every price names its currency.' })),
  }),
  response: { 200: Products, ...ERRORS },
}

/** `GET /rcbilling/v1/subscribers/{app_user_id}/products`, where every SDK finds the products of a `test_` key. */
export function productsRoute(app: SdkApp, { ctx, guard }: SdkRoute): void {
  app.get('/subscribers/:app_user_id/products', { schema, onRequest: guard('public') }, async (request) => {
    readAppUserId(request.params.app_user_id)
    const { appId, projectId } = appOf(request)
    return productsToWire(await ctx.read.catalog.ofProject(projectId), appId, [request.query.id].flat())
  })
}
