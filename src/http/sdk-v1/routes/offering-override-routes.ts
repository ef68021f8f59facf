import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { viewCustomer } from '../../../usecases/customers/get-customer.ts'
import { type OverrideRefusal, overrideOffering } from '../../../usecases/customers/override-offering.ts'
import { answerCustomer } from '../answer-customer.ts'
import { secretKeyOf } from '../key-guard.ts'
import { readAppUserId } from '../read-app-user-id.ts'
import { CustomerParams, ERRORS, operation } from '../route-schema.ts'
import { SdkFault, type SdkFaultName } from '../sdk-fault.ts'
import type { SdkApp, SdkRoute } from '../sdk-route.ts'
import { CustomerInfoRef } from '../wire/customer-info.ts'

/** What the published document says of both calls, of the one that takes the choice back too. */
const CREATED = 201

const FAULT_OF_REFUSAL = {
  customer_unknown: 'customer_unknown',
  offering_unknown: 'offering_unknown',
} as const satisfies Record<OverrideRefusal['code'], SdkFaultName>

const set = {
  ...operation('overrideOffering', 'Catalogue', 'Choose the current offering of one customer', 'secret'),
  description: 'The offering is named by its id (`ofrng...`), not by its lookup key.',
  params: Type.Object({ ...CustomerParams.properties, offering_uuid: Type.String() }),
  response: { [CREATED]: CustomerInfoRef, ...ERRORS },
}

const remove = {
  ...operation('removeOfferingOverride', 'Catalogue', 'Give a customer the current offering again', 'secret'),
  params: CustomerParams,
  response: { [CREATED]: CustomerInfoRef, ...ERRORS },
}

/** `POST .../offerings/{offering_uuid}/override` and `DELETE .../offerings/override`. RevenueCat REST API v1. */
export function offeringOverrideRoutes(app: SdkApp, { ctx, guard }: SdkRoute): void {
  const choose = async (request: FastifyRequest, reply: FastifyReply, id: string, offeringId: string | null) => {
    const { projectId } = secretKeyOf(request)
    const changed = await overrideOffering(ctx, { projectId, appUserId: readAppUserId(id), offeringId })
    if (!changed.ok) throw new SdkFault(FAULT_OF_REFUSAL[changed.refusal.code])
    return answerCustomer(ctx, request, reply.code(CREATED), await viewCustomer(ctx, changed.value))
  }
  app.post(
    '/subscribers/:app_user_id/offerings/:offering_uuid/override',
    { schema: set, onRequest: guard('secret') },
    async (request, reply) => choose(request, reply, request.params.app_user_id, request.params.offering_uuid),
  )
  app.delete(
    '/subscribers/:app_user_id/offerings/override',
    { schema: remove, onRequest: guard('secret') },
    async (request, reply) => choose(request, reply, request.params.app_user_id, null),
  )
}
