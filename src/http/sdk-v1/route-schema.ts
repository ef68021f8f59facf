import { Type } from 'typebox'
import type { KeyRule } from './key-guard.ts'

/** The body of every error. SDKs decide by `code`. */
export const ErrorBody = Type.Object(
  { code: Type.Integer(), message: Type.String() },
  { $id: 'Error', title: 'Error', additionalProperties: true },
)

/** Stands for the schema in routes, so that the document has it once. */
const ErrorRef = Type.Unsafe<{ code: number; message: string }>({ $ref: 'Error#' })

/** The groups of the document. */
export const TAGS = [
  { name: 'Customers', description: 'Customer info, log-in and attributes.' },
  { name: 'Purchases', description: 'Receipts and what depends on them.' },
  { name: 'Catalogue', description: 'What an app can sell, and what it unlocks.' },
  { name: 'Other', description: 'What SDKs send or ask for that is not needed to sell.' },
]
type Tag = 'Customers' | 'Purchases' | 'Catalogue' | 'Other'

/** The path of every call about a customer. */
export const CustomerParams = Type.Object({
  app_user_id: Type.String({ description: 'Any of the ids of the customer.', examples: ['user-42'] }),
})

/** What the document says of the header that SDKs always send. */
export const PlatformHeader = Type.Object({
  'x-platform': Type.Optional(
    Type.String({ description: 'The platform of the SDK.', examples: ['ios', 'android', 'web'] }),
  ),
})

/** The describing part of a route: name, group, keys. `tag` is one of `TAGS`. */
export function operation(operationId: string, tag: Tag, summary: string, rule: KeyRule | 'none') {
  const security: Array<Record<string, string[]>> = []
  if (rule !== 'none' && rule !== 'secret') security.push({ publicKey: [] })
  if (rule !== 'none' && rule !== 'public') security.push({ secretKey: [] })
  return { operationId, summary, tags: [tag], security }
}

/** The errors that any route with a key may answer. */
export const ERRORS = { '4xx': ErrorRef, '5xx': ErrorRef }
