import { type TSchema, Type } from 'typebox'
import { ApiFault } from './api-fault.ts'

/** Entries of a page, when the request names no number, and at most. RevenueCat REST API v2, pagination. */
const DEFAULT_LIMIT = 20
const MAX_LIMIT = 100

/** The paging parameters of every list. */
export const pageQuery = {
  limit: Type.Optional(
    Type.Integer({ default: DEFAULT_LIMIT, description: `Entries of a page; held to 1 to ${MAX_LIMIT}.` }),
  ),
  starting_after: Type.Optional(Type.String({ description: 'The last entry of the page before, by its code.' })),
}

export type PageQuery = { limit?: number; starting_after?: string }

/** The form of every list. */
export function listOf<Item extends TSchema>(item: Item, $id: string) {
  return Type.Object(
    {
      object: Type.Literal('list'),
      items: Type.Array(item),
      next_page: Type.Union([Type.String(), Type.Null()], {
        description: 'The URL of the next page; null on the last.',
      }),
      url: Type.String({ description: 'The URL of the list.' }),
    },
    { $id, title: $id, additionalProperties: false },
  )
}

/**
 * Cuts a page out of all entries, which come in the order of the list. `next` is the cursor of the next page, null on
 * the last. A cursor that names no entry is a `resource_missing`.
 */
export function pageOf<Item>(
  items: readonly Item[],
  cursorOf: (item: Item) => string,
  { limit = DEFAULT_LIMIT, starting_after: after }: PageQuery,
): { items: Item[]; next: string | null; limit: number } {
  const held = Math.min(Math.max(limit, 1), MAX_LIMIT)
  const before = after === undefined ? -1 : items.findIndex((item) => cursorOf(item) === after)
  if (after !== undefined && before === -1) {
    throw new ApiFault('resource_missing', 'Resource not found', { param: 'starting_after' })
  }
  const page = items.slice(before + 1, before + 1 + held)
  const last = page.at(-1)
  const isLast = last === undefined || before + 1 + held >= items.length
  return { items: page, next: isLast ? null : cursorOf(last), limit: held }
}
