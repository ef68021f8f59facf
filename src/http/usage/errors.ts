import type { FastifyInstance, FastifyReply } from 'fastify'
import type { ProjectRefusal } from '../../usecases/projects/choose-project.ts'
import type { CloseReservationRefusal } from '../../usecases/usage/close-reservation.ts'
import type { ConsumeUsageRefusal } from '../../usecases/usage/consume-usage.ts'
import type { ReserveRefusal } from '../../usecases/usage/reserve-credits.ts'
import type { IdentityFault } from '../lib/user-identity.ts'
import type { ConsumeFault } from './parse-consume.ts'

/** Every code of this surface and its status. docs/usage.md says what to do about each. */
export const USAGE_ERRORS = {
  missing_bearer: 401,
  invalid_token: 401,
  token_expired: 401,
  invalid_secret_key: 401,
  secret_key_in_app: 403,
  secret_key_required: 403,
  user_token_required: 403,
  permission_missing: 403,
  rate_limited: 429,
  project_required: 400,
  project_unknown: 400,
  invalid_json: 400,
  invalid_request: 400,
  idempotency_key_mismatch: 400,
  idempotency_key_conflict: 409,
  revision_not_reached: 409,
  body_too_large: 413,
  unsupported_media_type: 415,
  invalid_fields: 422,
  unknown_action: 422,
  unknown_meter: 422,
  not_reservable: 422,
  too_many_reservations: 422,
  reservation_not_found: 404,
  reservation_closed: 409,
  reservation_expired: 409,
  usage_unconfigured: 503,
  identity_unconfigured: 503,
  identity_unavailable: 503,
} as const satisfies Record<IdentityFault | string, number>

export type UsageErrorCode = keyof typeof USAGE_ERRORS

/** Refusals by their codes here, but for the one whose status is configured. A new refusal does not compile until it has one. */
export const CODE_OF_REFUSAL = {
  usage_unconfigured: 'usage_unconfigured',
  action_unknown: 'unknown_action',
  meter_unknown: 'unknown_meter',
  idempotency_key_conflict: 'idempotency_key_conflict',
  idempotency_key_mismatch: 'idempotency_key_mismatch',
  secret_key_required: 'secret_key_required',
  fields_invalid: 'invalid_fields',
  project_required: 'project_required',
  project_unknown: 'project_unknown',
  not_reservable: 'not_reservable',
  too_many_holds: 'too_many_reservations',
  hold_not_found: 'reservation_not_found',
  hold_closed: 'reservation_closed',
  hold_expired: 'reservation_expired',
} as const satisfies Record<
  | Exclude<ConsumeUsageRefusal['code'], 'credits_insufficient'>
  | Exclude<ReserveRefusal['code'] | CloseReservationRefusal['code'], 'credits_missing'>
  | ConsumeFault['code']
  | ProjectRefusal['code'],
  UsageErrorCode
>

const LISTENER = 'onUsageRefusal'

/** Has a listener told of all refusals of the surface, for metrics. */
export function listenToRefusals(app: FastifyInstance, listener: (code: string) => void): void {
  app.decorateReply(LISTENER, listener)
}

/** Answers `{"detail": "code"}`, or `{"detail": "code: text"}` where there is more to say. */
export function sendError(reply: FastifyReply, code: UsageErrorCode, text?: string): FastifyReply {
  tellRefusal(reply, code)
  const status = USAGE_ERRORS[code]
  if (status === 401) reply.header('www-authenticate', 'Bearer')
  return reply.code(status).send({ detail: text === undefined ? code : `${code}: ${text}` })
}

export function tellRefusal(reply: FastifyReply, code: string): void {
  reply.getDecorator<(code: string) => void>(LISTENER)(code)
}
