import { type TObject, Type } from 'typebox'
import { ADMIN_ERRORS } from './errors.ts'

/** Statuses that the guard answers on every admin route. */
const GUARD_STATUSES = [400, 401, 403, 429, 503]

/** Input that is well formed but not valid: the faulty fields are named instead of a code. */
const FIELDS_STATUS = 422
const FIELDS_EXAMPLE = 'amount: must be a whole number; reason: is required'

/** The error answers of a guarded route for its OpenAPI description, with those that only it has. */
export function errorSchemas(...own: number[]): Record<number, TObject> {
  const refusals = [...GUARD_STATUSES, ...own].map((status): [number, TObject] => [status, refusalSchema(status)])
  return { ...Object.fromEntries(refusals), 500: FailureBody }
}

const FailureBody = Type.Object(
  { detail: Type.Literal('internal_error'), request_id: Type.String({ description: 'Find it in the log.' }) },
  { description: 'The server failed.' },
)

/** What is said with `operator_limit_exceeded`. */
const LIMIT_STATUS = ADMIN_ERRORS.operator_limit_exceeded
const limitFields = {
  limit: Type.Optional(Type.String({ description: 'With operator_limit_exceeded: max_per_change or max_per_day.' })),
  currency: Type.Optional(Type.String()),
  maximum: Type.Optional(Type.Integer()),
  remaining: Type.Optional(Type.Integer({ description: 'Units of the largest change that is allowed now.' })),
  resets_at: Type.Optional(Type.Union([Type.String({ format: 'date-time' }), Type.Null()])),
}

/** What is said with `rc_call_failed` about a change. */
const UPSTREAM_STATUS = ADMIN_ERRORS.rc_call_failed
const upstreamFields = {
  outcome: Type.Optional(
    Type.Union([Type.Literal('pending'), Type.Literal('failed')], {
      description: 'Of a change: `failed` was not done and will not be; `pending` may have been, and is tried on.',
    }),
  ),
  intent_id: Type.Optional(
    Type.Union([Type.String(), Type.Null()], { description: 'The change in the list of transactions.' }),
  ),
}

function refusalSchema(status: number): TObject {
  const codes = Object.entries(ADMIN_ERRORS).flatMap(([code, of]) => (of === status ? [code] : []))
  const examples = status === FIELDS_STATUS ? [FIELDS_EXAMPLE, ...codes] : codes
  return Type.Object(
    {
      detail: Type.String({ description: 'A code; where there is more to say, a colon and a text follow.', examples }),
      ...(status === LIMIT_STATUS ? limitFields : {}),
      ...(status === UPSTREAM_STATUS ? upstreamFields : {}),
    },
    { description: `Refused: ${codes.join(', ')}.` },
  )
}
