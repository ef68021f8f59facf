import { type TObject, Type } from 'typebox'
import { USAGE_ERRORS } from './errors.ts'

/** The refusals of a route for its OpenAPI description. */
export function errorSchemas(...statuses: number[]): Record<number, TObject> {
  return { ...Object.fromEntries(statuses.map((status) => [status, refusalSchema(status)])), 500: FailureBody }
}

const FailureBody = Type.Object(
  { detail: Type.Literal('internal_error'), request_id: Type.String({ description: 'Find it in the log.' }) },
  { description: 'The server failed.' },
)

function refusalSchema(status: number): TObject {
  const codes = Object.entries(USAGE_ERRORS).flatMap(([code, of]) => (of === status ? [code] : []))
  return Type.Object(
    {
      detail: Type.String({
        description: 'A code; where there is more to say, a colon and a text follow.',
        examples: codes,
      }),
    },
    { description: `Refused: ${codes.join(', ')}.` },
  )
}
