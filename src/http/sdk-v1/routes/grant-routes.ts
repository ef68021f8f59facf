import { Type } from 'typebox'
import { RUNNING_GRANTS_MAX } from '../../../core/entitlements/decide-grant.ts'
import { GRANT_DURATIONS, type GrantDuration } from '../../../core/entitlements/grant.ts'
import { viewCustomer } from '../../../usecases/customers/get-customer.ts'
import { type GrantEntitlementRefusal, grantEntitlement } from '../../../usecases/entitlements/grant-entitlement.ts'
import { type RevokeGrantsRefusal, revokeGrants } from '../../../usecases/entitlements/revoke-grants.ts'
import { answerCustomer } from '../answer-customer.ts'
import { secretKeyOf } from '../key-guard.ts'
import { readAppUserId } from '../read-app-user-id.ts'
import { CustomerParams, ERRORS, operation } from '../route-schema.ts'
import { SdkFault, type SdkFaultName } from '../sdk-fault.ts'
import type { SdkApp, SdkRoute } from '../sdk-route.ts'
import { CustomerInfoRef } from '../wire/customer-info.ts'
import { nullable } from '../wire/values.ts'

/** The latest instant that JavaScript knows; which ends make sense is decided with the time of the request. */
const INSTANT_MAX = 8_640_000_000_000_000

const Instant = Type.Integer({ minimum: 0, maximum: INSTANT_MAX })
const durations = Object.keys(GRANT_DURATIONS) as GrantDuration[]

const EntitlementParams = Type.Object({
  ...CustomerParams.properties,
  entitlement_identifier: Type.String({ description: 'The lookup key of the entitlement.', examples: ['pro'] }),
})

const grantSchema = {
  ...operation('grantEntitlement', 'Customers', 'Grant an entitlement', 'secret'),
  description: `Access begins now and ends at \`end_time_ms\`, which wins, or after \`duration\`. A grant that ends within two
hours of one that runs changes nothing. A customer has at most ${RUNNING_GRANTS_MAX} that run.`,
  params: EntitlementParams,
  body: Type.Object({
    end_time_ms: Type.Optional(nullable(Instant)),
    duration: Type.Optional(nullable(Type.Union(durations.map((duration) => Type.Literal(duration))))),
    start_time_ms: Type.Optional(nullable(Instant)),
  }),
  response: { 201: CustomerInfoRef, ...ERRORS },
}

const revokeSchema = {
  ...operation('revokeGrants', 'Customers', 'Take back all grants of an entitlement', 'secret'),
  description: 'What was bought stays.',
  params: EntitlementParams,
  response: { 200: CustomerInfoRef, ...ERRORS },
}

/** `POST /v1/subscribers/{app_user_id}/entitlements/{id}/promotional` and `.../revoke_promotionals`. REST API v1, grants. */
export function grantRoutes(app: SdkApp, { ctx, guard }: SdkRoute): void {
  const onRequest = guard('secret')
  const path = '/subscribers/:app_user_id/entitlements/:entitlement_identifier'
  app.post(`${path}/promotional`, { schema: grantSchema, onRequest }, async (request, reply) => {
    const { keyId: by, projectId } = secretKeyOf(request)
    const { end_time_ms: endsAt = null, duration = null, start_time_ms: startsAt = null } = request.body
    const { entitlement_identifier: entitlement, app_user_id: appUserId } = request.params
    const terms = { endsAt, duration, startsAt }
    const granted = await grantEntitlement(ctx, {
      projectId,
      appUserId: readAppUserId(appUserId),
      entitlement,
      terms,
      by,
    })
    if (!granted.ok) throw grantFault(granted.refusal)
    reply.code(201)
    return answerCustomer(ctx, request, reply, await viewCustomer(ctx, granted.value))
  })
  app.post(`${path}/revoke_promotionals`, { schema: revokeSchema, onRequest }, async (request, reply) => {
    const { projectId } = secretKeyOf(request)
    const { entitlement_identifier: entitlement, app_user_id: appUserId } = request.params
    const revoked = await revokeGrants(ctx, { projectId, appUserId: readAppUserId(appUserId), entitlement })
    if (!revoked.ok) throw grantFault(revoked.refusal)
    return answerCustomer(ctx, request, reply, await viewCustomer(ctx, revoked.value))
  })
}

const FAULT_OF_REFUSAL = {
  customer_unknown: 'customer_unknown',
  entitlement_unknown: 'bad_request',
  grant_without_end: 'bad_request',
  grant_ends_in_past: 'bad_request',
  grant_ends_too_late: 'bad_request',
  too_many_grants: 'bad_request',
} as const satisfies Record<(GrantEntitlementRefusal | RevokeGrantsRefusal)['code'], SdkFaultName>

function grantFault(refusal: GrantEntitlementRefusal | RevokeGrantsRefusal): SdkFault {
  return new SdkFault(FAULT_OF_REFUSAL[refusal.code], wordsOf(refusal))
}

/** How much of an identifier that the caller chose is repeated. */
const MAX_SHOWN = 100

function wordsOf(refusal: GrantEntitlementRefusal | RevokeGrantsRefusal): string | undefined {
  switch (refusal.code) {
    case 'customer_unknown':
      return undefined
    case 'entitlement_unknown':
      return `The project has no entitlement ${JSON.stringify(refusal.entitlement.slice(0, MAX_SHOWN))}.`
    case 'grant_without_end':
      return 'end_time_ms or duration is required.'
    case 'grant_ends_in_past':
      return 'The end lies in the past; times are milliseconds since 1970.'
    case 'grant_ends_too_late':
      return `The end must not be later than ${new Date(refusal.latestAt).toISOString()}.`
    case 'too_many_grants':
      return `The customer has ${refusal.maximum} grants that run already.`
  }
}
