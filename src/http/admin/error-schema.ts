import { type TObject, Type } from 'typebox'

const ErrorBody = Type.Object(
  { detail: Type.String({ description: 'A code, or a code and a text after a colon, or the faulty fields.' }) },
  { description: 'The request was refused.' },
)

const FailureBody = Type.Object(
  { detail: Type.Literal('internal_error'), request_id: Type.String({ description: 'Find it in the log.' }) },
  { description: 'The server failed.' },
)

/** Statuses that the guard answers on every admin route. */
const GUARD_STATUSES = [400, 401, 403, 429, 503]

/** The error answers of a guarded route for its OpenAPI description, with those that only it has. */
export function errorSchemas(...own: number[]): Record<number, TObject> {
  const refusals = [...GUARD_STATUSES, ...own].map((status): [number, TObject] => [status, ErrorBody])
  return { ...Object.fromEntries(refusals), 500: FailureBody }
}
