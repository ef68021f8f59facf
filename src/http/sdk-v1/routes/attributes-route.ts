import { Type } from 'typebox'
import { viewCustomer } from '../../../usecases/customers/get-customer.ts'
import { setAttributes } from '../../../usecases/customers/set-attributes.ts'
import { answerCustomer } from '../answer-customer.ts'
import { deviceFactsOf } from '../device-facts.ts'
import { callerOf } from '../key-guard.ts'
import { readAppUserId } from '../read-app-user-id.ts'
import { CustomerParams, ERRORS, operation } from '../route-schema.ts'
import { SdkFault } from '../sdk-fault.ts'
import type { SdkApp, SdkRoute } from '../sdk-route.ts'
import { attributeErrors, attributesFromWire } from '../wire/attributes-from-wire.ts'
import { CustomerInfoRef } from '../wire/customer-info.ts'

/** A description: what is wrong with an attribute is told attribute by attribute. */
const Attributes = Type.Record(
  Type.String(),
  Type.Object({
    value: Type.Unknown({ description: 'A text; null or an empty text deletes the attribute.' }),
    updated_at_ms: Type.Optional(Type.Integer({ description: 'An older value than the stored one is ignored.' })),
  }),
)

const schema = {
  ...operation('setAttributes', 'Customers', 'Set or delete attributes', 'public_or_secret'),
  description: 'Good attributes are saved although others are refused with 7263. Creates the customer when it is new.',
  params: CustomerParams,
  body: Type.Object({ attributes: Attributes }),
  response: { 200: CustomerInfoRef, ...ERRORS },
}

/** `POST /v1/subscribers/{app_user_id}/attributes`. RevenueCat REST API v1. */
export function attributesRoute(app: SdkApp, { ctx, guard }: SdkRoute): void {
  const onRequest = guard('public_or_secret')
  // The schema only describes the body: a malformed one has an error code of its own here.
  const options = { schema, onRequest, validatorCompiler: () => () => true }
  app.post('/subscribers/:app_user_id/attributes', options, async (request, reply) => {
    const appUserId = readAppUserId(request.params.app_user_id)
    const body: { attributes?: unknown } | undefined = request.body
    const read = attributesFromWire(body?.attributes, deviceFactsOf(request))
    if (read === null) throw new SdkFault('attributes_malformed')
    const { projectId } = callerOf(request)
    const saved = await setAttributes(ctx, { projectId, appUserId, attributes: read.inputs })
    const faults = [...read.faults, ...saved.faults]
    if (faults.length > 0) throw new SdkFault('attributes_refused', undefined, attributeErrors(faults))
    return answerCustomer(ctx, request, reply, await viewCustomer(ctx, saved.customer))
  })
}
