import { type Static, type TSchema, Type } from 'typebox'
import { CURRENCY_CODE_MAX_LENGTH } from '../../core/catalog/currency.ts'
import type { ErrorBody } from './api-fault.ts'
import type { Permission } from './permissions.ts'

/** Longest project id and customer id of REST API v2. Ours are shorter; a longer one is refused before it is looked up. */
const PROJECT_ID_MAX_LENGTH = 255
const CUSTOMER_ID_MAX_LENGTH = 1_500

/** What every currency code is made of. */
const CURRENCY_CODE_PATTERN = '^[a-zA-Z0-9_]+$'

const project_id = Type.String({ maxLength: PROJECT_ID_MAX_LENGTH, description: "The key's project." })

export const ProjectParams = Type.Object({ project_id })

export const CurrencyCode = Type.String({
  minLength: 1,
  maxLength: CURRENCY_CODE_MAX_LENGTH,
  pattern: CURRENCY_CODE_PATTERN,
  examples: ['GLD'],
})

export const CurrencyParams = Type.Object({ project_id, virtual_currency_code: CurrencyCode })

export const CustomerParams = Type.Object({
  project_id,
  customer_id: Type.String({
    minLength: 1,
    maxLength: CUSTOMER_ID_MAX_LENGTH,
    description: 'Any of the ids of the customer.',
    examples: ['user-42'],
  }),
})

/** The groups of the document. */
export const TAGS = [
  { name: 'Virtual Currency', description: 'The currencies of a project, and what grants them.' },
  { name: 'Customer', description: 'What one customer has.' },
]
type Tag = 'Virtual Currency' | 'Customer'

/** The describing part of a route: name, group, key and permission. */
export function operation(operationId: string, tag: Tag, summary: string, permission: Permission) {
  return {
    operationId,
    summary,
    description: `Needs the permission \`${permission}\`.`,
    tags: [tag],
    security: [{ secretKey: [] }],
  }
}

/** Stands for a schema that the document has once, by its `$id`. */
export function refTo<Schema extends TSchema>(schema: Schema & { $id?: string }) {
  return Type.Unsafe<Static<Schema>>({ $ref: `${schema.$id}#` })
}

const ErrorRef = Type.Unsafe<ErrorBody>({ $ref: 'Error#' })

/** Statuses that any operation may answer, and those of operations that change something. */
const READ_ERRORS = [400, 401, 403, 404, 423, 429, 500]
const WRITE_ERRORS = [...READ_ERRORS, 409, 422]

export const readErrors = errorsOf(READ_ERRORS)
export const writeErrors = errorsOf(WRITE_ERRORS)

function errorsOf(statuses: readonly number[]): Record<number, typeof ErrorRef> {
  return Object.fromEntries(statuses.map((status) => [status, ErrorRef]))
}
