import type { FastifyInstance, FastifyReply } from 'fastify'
import type { ChangeBulkRefusal } from '../../usecases/bulk/change-bulk.ts'
import type { UploadRefusal } from '../../usecases/bulk/upload-bulk.ts'
import type { BlockRefusal } from '../../usecases/customers/block-app-user-id.ts'
import type { OperatorAdjustRefusal } from '../../usecases/operators/adjust-as-operator.ts'
import type { ManageRefusal } from '../../usecases/operators/change-operators.ts'
import type { ApproveRefusal, RejectRefusal } from '../../usecases/operators/decide-approval.ts'
import type { UpstreamRefusal } from '../../usecases/ports/credits.ts'
import type { ProjectRefusal } from '../../usecases/projects/choose-project.ts'
import type { RedemptionRefusal } from '../../usecases/purchases/create-redemption.ts'
import type { PublishRefusal } from '../../usecases/realtime/publish-envelope.ts'
import type { AdjustRefusal } from '../../usecases/wallet/adjust-balance.ts'
import type { AuthoriseRefusal } from '../../usecases/wallet/authorise-hold.ts'
import type { ChangeHoldRefusal } from '../../usecases/wallet/change-hold.ts'
import type { ReverseRefusal } from '../../usecases/wallet/reverse-transaction.ts'
import type { TransferUnitsRefusal } from '../../usecases/wallet/transfer-units.ts'
import type { EndpointRefusal } from '../../usecases/webhooks/change-endpoints.ts'
import type { ReadRefusal } from '../../usecases/webhooks/read-deliveries.ts'
import type { FeedRefusal } from '../../usecases/webhooks/read-event-feed.ts'
import type { ReplayRefusal } from '../../usecases/webhooks/replay-events.ts'
import type { AdjustFault } from './parse-adjust.ts'

/** Every machine-readable code of this surface and its status. docs/errors/admin.md says what to do about each. */
export const ADMIN_ERRORS = {
  admin_unconfigured: 503,
  missing_bearer: 401,
  invalid_admin_secret: 403,
  role_not_allowed: 403,
  operator_limit_exceeded: 403,
  second_operator_required: 403,
  too_many_failed_sign_ins: 429,
  rate_limited: 429,
  invalid_request: 400,
  invalid_json: 400,
  unsupported_media_type: 415,
  body_too_large: 413,
  invalid_body: 422,
  project_required: 400,
  project_unknown: 400,
  amount_must_be_nonzero: 400,
  idempotency_key_mismatch: 400,
  idempotency_key_conflict: 409,
  idempotency_in_progress: 409,
  revision_not_reached: 409,
  unknown_currency: 422,
  insufficient_balance: 422,
  balance_above_maximum: 422,
  hold_not_found: 404,
  hold_closed: 409,
  hold_expired: 409,
  hold_too_long: 422,
  too_many_holds: 422,
  too_many_events: 422,
  already_reversed: 409,
  not_reversible: 422,
  transfers_not_allowed: 422,
  same_customer: 422,
  usage_unconfigured: 404,
  approval_requested: 409,
  approval_closed: 409,
  approval_not_found: 404,
  too_many_approvals: 422,
  operator_not_found: 404,
  token_not_found: 404,
  too_many_operators: 422,
  too_many_tokens: 422,
  endpoint_not_found: 404,
  delivery_not_found: 404,
  event_not_found: 404,
  app_unknown: 422,
  destination_refused: 422,
  too_many_endpoints: 422,
  nothing_to_redeem: 422,
  purchase_not_found: 404,
  store_action_refused: 422,
  too_many_blocked_ids: 422,
  user_not_blocked: 404,
  bulk_not_found: 404,
  bulk_state_conflict: 409,
  file_invalid: 422,
  transaction_not_found: 404,
  cursor_expired: 410,
  rc_customer_not_found: 404,
  not_found: 404,
  not_available_in_upstream_mode: 409,
  upstream_refused: 422,
  rc_call_failed: 502,
  method_not_allowed: 405,
  internal_error: 500,
} as const satisfies Record<string, number>

export type AdminErrorCode = keyof typeof ADMIN_ERRORS

/** Refusals of the use cases by their codes here. A new refusal does not compile until it has one. */
export const CODE_OF_REFUSAL = {
  insufficient_balance: 'insufficient_balance',
  balance_above_maximum: 'balance_above_maximum',
  transaction_not_found: 'transaction_not_found',
  hold_not_found: 'hold_not_found',
  hold_closed: 'hold_closed',
  hold_expired: 'hold_expired',
  hold_too_long: 'hold_too_long',
  too_many_holds: 'too_many_holds',
  too_many_events: 'too_many_events',
  already_reversed: 'already_reversed',
  not_reversible: 'not_reversible',
  transfers_not_allowed: 'transfers_not_allowed',
  same_customer: 'same_customer',
  customer_not_found: 'rc_customer_not_found',
  currency_unknown: 'unknown_currency',
  idempotency_key_conflict: 'idempotency_key_conflict',
  upstream_unreadable: 'rc_call_failed',
  upstream_failed: 'rc_call_failed',
  upstream_refused: 'upstream_refused',
  intent_in_progress: 'idempotency_in_progress',
  not_available_in_upstream_mode: 'not_available_in_upstream_mode',
  project_required: 'project_required',
  project_unknown: 'project_unknown',
  idempotency_key_mismatch: 'idempotency_key_mismatch',
  amount_must_be_nonzero: 'amount_must_be_nonzero',
  bulk_not_found: 'bulk_not_found',
  bulk_state: 'bulk_state_conflict',
  file_invalid: 'file_invalid',
  role_not_allowed: 'role_not_allowed',
  operator_limit_exceeded: 'operator_limit_exceeded',
  second_operator_required: 'second_operator_required',
  approval_requested: 'approval_requested',
  approval_closed: 'approval_closed',
  approval_not_found: 'approval_not_found',
  too_many_approvals: 'too_many_approvals',
  operator_not_found: 'operator_not_found',
  token_not_found: 'token_not_found',
  too_many_operators: 'too_many_operators',
  too_many_tokens: 'too_many_tokens',
  endpoint_not_found: 'endpoint_not_found',
  delivery_not_found: 'delivery_not_found',
  event_not_found: 'event_not_found',
  app_unknown: 'app_unknown',
  destination_refused: 'destination_refused',
  too_many_endpoints: 'too_many_endpoints',
  nothing_to_redeem: 'nothing_to_redeem',
  too_many_blocked_ids: 'too_many_blocked_ids',
  cursor_expired: 'cursor_expired',
} as const satisfies Record<
  | AdjustRefusal['code']
  | OperatorAdjustRefusal['code']
  | ApproveRefusal['code']
  | RejectRefusal['code']
  | ManageRefusal['code']
  | EndpointRefusal['code']
  | ReadRefusal['code']
  | ReplayRefusal['code']
  | ReverseRefusal['code']
  | TransferUnitsRefusal['code']
  | AuthoriseRefusal['code']
  | ChangeHoldRefusal['code']
  | ChangeBulkRefusal['code']
  | UploadRefusal['code']
  | BlockRefusal['code']
  | UpstreamRefusal['code']
  | PublishRefusal['code']
  | RedemptionRefusal['code']
  | FeedRefusal['code']
  | ProjectRefusal['code']
  | Exclude<AdjustFault['code'], 'fields_invalid'>,
  AdminErrorCode
>

/** What an error says beyond its code. */
export type ErrorNote = {
  text?: string
  retryAfterSeconds?: number | undefined
  /** More fields of the body, for programs. */
  fields?: Readonly<Record<string, unknown>>
}

/** Told of every refusal by its code. */
export type RefusalListener = (code: string) => void

const LISTENER = 'onAdminRefusal'

/** Has a listener told of all refusals of a surface, for metrics. */
export function listenToRefusals(app: FastifyInstance, listener: RefusalListener): void {
  app.decorateReply(LISTENER, listener)
}

/** Answers an error. Its body is `{"detail": "code"}`, or `{"detail": "code: text"}` where there is more to say. */
export function sendError(reply: FastifyReply, code: AdminErrorCode, note: ErrorNote = {}): FastifyReply {
  tell(reply, code)
  if (note.retryAfterSeconds !== undefined) reply.header('retry-after', note.retryAfterSeconds)
  const detail = note.text === undefined ? code : `${code}: ${note.text}`
  return reply.code(ADMIN_ERRORS[code]).send({ detail, ...note.fields })
}

/** Answers 422 to well-formed input with invalid values; each problem names its field. */
export function sendProblems(reply: FastifyReply, problems: readonly string[]): FastifyReply {
  tell(reply, 'invalid_fields')
  return reply.code(422).send({ detail: problems.join('; ') })
}

function tell(reply: FastifyReply, code: string): void {
  if (reply.server.hasReplyDecorator(LISTENER)) reply.getDecorator<RefusalListener>(LISTENER)(code)
}
