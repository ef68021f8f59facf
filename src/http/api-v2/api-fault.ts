import { type Static, Type } from 'typebox'
import { SECOND_MS } from '../../core/lib/clock.ts'

/**
 * Every type of error of this surface with its status, and what a caller can do about it. RevenueCat REST API v2, errors.
 */
export const FAULT_TYPES = {
  parameter_error: [400, 'A value in the path, the query, a header or the body is not valid. `param` names it.'],
  invalid_request: [400, 'The request cannot be read: its method, its content type, or JSON that is none.'],
  authentication_error: [401, 'The key is missing, unknown or revoked, or it is no secret key for REST API v2.'],
  authorization_error: [403, 'The key belongs to another project, or lacks the permission that the message names.'],
  resource_missing: [404, 'There is nothing at this path, or nothing with this id. `param` names an id of the body.'],
  resource_already_exists: [409, 'Something with this identifier exists. `param` names it.'],
  idempotency_error: [409, 'The Idempotency-Key was used for another request. Take a new one for a new change.'],
  unprocessable_entity_error: [422, 'The request is understood and cannot be done as things are. Nothing has changed.'],
  resource_locked_error: [423, 'Other requests are changing the same thing. Nothing was done; repeat the request.'],
  rate_limit_error: [429, 'More requests in a minute than this key has for this kind. Wait for Retry-After.'],
  server_error: [500, 'The server failed; its log has the cause under the X-Request-ID. Repeat the request.'],
} as const satisfies Record<string, readonly [status: number, meaning: string]>

export type FaultType = keyof typeof FAULT_TYPES

/** How long a client should wait where waiting helps and nothing says for how long. */
const BACKOFF_MS = SECOND_MS

/** The body of every error. Closed: there is nothing else in it. */
export const ErrorBody = Type.Object(
  {
    object: Type.Literal('error'),
    type: Type.Unsafe<FaultType>({ type: 'string', enum: Object.keys(FAULT_TYPES) }),
    param: Type.Optional(Type.String({ description: 'What was wrong. Only where one thing is to blame.' })),
    doc_url: Type.String({ description: 'A page about this type of error.' }),
    message: Type.String({ description: 'For people.' }),
    retryable: Type.Boolean({ description: 'Whether the same request may succeed later.' }),
    backoff_ms: Type.Optional(Type.Integer({ description: 'How long to wait. Only where `retryable` is true.' })),
  },
  { $id: 'Error', title: 'Error', additionalProperties: false },
)
export type ErrorBody = Static<typeof ErrorBody>

export type FaultNote = { param?: string | undefined; backoffMs?: number }

/** A refused request. Thrown by routes and hooks, answered by the surface's error handler. */
export class ApiFault extends Error {
  override readonly name = 'ApiFault'
  readonly type: FaultType
  readonly statusCode: number
  readonly param: string | undefined
  /** Null where repeating the request cannot help. */
  readonly backoffMs: number | null

  constructor(type: FaultType, message: string, { param, backoffMs }: FaultNote = {}) {
    super(message)
    this.type = type
    this.statusCode = FAULT_TYPES[type][0]
    this.param = param
    this.backoffMs = backoffMs ?? (isRetryable(type) ? BACKOFF_MS : null)
  }
}

/** The body that says a fault. `docUrl` is the page about its type. */
export function faultToWire({ type, message, param, backoffMs }: ApiFault, docUrl: string): ErrorBody {
  return {
    object: 'error',
    type,
    message,
    retryable: backoffMs !== null,
    doc_url: docUrl,
    ...(param !== undefined && { param }),
    ...(backoffMs !== null && { backoff_ms: backoffMs }),
  }
}

function isRetryable(type: FaultType): boolean {
  return type === 'resource_locked_error' || type === 'rate_limit_error' || type === 'server_error'
}
