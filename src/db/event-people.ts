import type { Attribute } from '../core/customers/attributes.ts'
import type { Customer, CustomerAlias, CustomerRef } from '../core/customers/customer.ts'
import { bucketOf } from '../core/lib/bucket.ts'
import { ConflictError } from '../core/lib/conflict-error.ts'
import type { FoundPerson, TxEventRelay } from '../usecases/ports/event-relay.ts'
import { CUSTOMER_COLUMNS, type CustomerRow, customerFromRow } from './customers.ts'
import { type Query, statement } from './statement.ts'

type AliasRow = { customer_id: string; app_user_id: string; last_seen_at: number }
type AttributeRow = { customer_id: string; key: string; value: string | null; updated_at: number }

const CUSTOMERS = statement(
  'event_people.customers',
  `select ${CUSTOMER_COLUMNS} from unnest($1::smallint[], $2::text[]) as q (bucket, customer_id)
   join customers c on c.bucket = q.bucket and c.customer_id = q.customer_id`,
)
const ALIASES = statement(
  'event_people.aliases',
  `select a.customer_id, a.app_user_id, a.last_seen_at from unnest($1::smallint[], $2::text[]) as q (bucket, customer_id)
   join customer_aliases a on a.customer_bucket = q.bucket and a.customer_id = q.customer_id
   order by a.last_seen_at, a.app_user_id`,
)
const ATTRIBUTES = statement(
  'event_people.attributes',
  `select a.customer_id, a.key, a.value, a.updated_at from unnest($1::smallint[], $2::text[]) as q (bucket, customer_id)
   join customer_attributes a on a.bucket = q.bucket and a.customer_id = q.customer_id order by a.key`,
)

const NOT_ERASED = statement(
  'event_people.not_erased',
  `select c.customer_id from unnest($1::smallint[], $2::text[]) as q (bucket, customer_id)
   join customers c on c.bucket = q.bucket and c.customer_id = q.customer_id and c.erased_at is null`,
)

/** Reads who is behind customers, after all merges. Whoever was erased is missing. */
export function readEventPeople(query: Query): TxEventRelay['people'] {
  return async (refs) => {
    const customers = await survivorsOf(query, refs)
    const columns = columnsOf([...new Map([...customers.values()].map((one) => [one.customerId, one])).values()])
    const [aliasRows, attributeRows] = await Promise.all([
      query<AliasRow>(ALIASES, columns),
      query<AttributeRow>(ATTRIBUTES, columns),
    ])
    const aliases = Map.groupBy(aliasRows, (row) => row.customer_id)
    const attributes = Map.groupBy(attributeRows, (row) => row.customer_id)
    await expectErased(
      query,
      [...customers.values()].filter(({ customerId }) => !aliases.has(customerId)),
    )
    const people = new Map<string, FoundPerson>()
    for (const [askedId, customer] of customers) {
      const own = aliases.get(customer.customerId) ?? []
      if (own.length === 0) continue
      people.set(askedId, personFrom(customer, own, attributes.get(customer.customerId) ?? []))
    }
    return people
  }
}

/** Names that went elsewhere between two statements are those of a merge: then all is read again, or events would be lost. */
async function expectErased(query: Query, nameless: readonly CustomerRef[]): Promise<void> {
  if (nameless.length === 0) return
  const rows = await query(NOT_ERASED, columnsOf(nameless))
  if (rows.length > 0) throw new ConflictError('a customer was merged while its events were relayed')
}

/** Follows merges to their end. A merge points to a customer that was not merged yet, so there is one. */
async function survivorsOf(query: Query, refs: readonly CustomerRef[]): Promise<Map<string, Customer>> {
  const known = new Map<string, Customer>()
  let wanted: readonly CustomerRef[] = refs
  while (wanted.length > 0) {
    const rows = await query<CustomerRow>(CUSTOMERS, columnsOf(wanted))
    for (const row of rows) known.set(row.customer_id, customerFromRow(row))
    wanted = rows.flatMap((row) => {
      const next = row.merged_into_id
      if (next === null || known.has(next)) return []
      return [{ projectId: row.project_id, bucket: bucketOf(row.project_id, next), customerId: next }]
    })
  }
  const survivorOf = (customerId: string): Customer | undefined => {
    let customer = known.get(customerId)
    while (customer !== undefined && customer.mergedIntoId !== null) customer = known.get(customer.mergedIntoId)
    return customer
  }
  return new Map(
    refs.flatMap(({ customerId }) => {
      const survivor = survivorOf(customerId)
      return survivor === undefined ? [] : [[customerId, survivor]]
    }),
  )
}

function columnsOf(refs: readonly CustomerRef[]): unknown[] {
  return [refs.map(({ bucket }) => bucket), refs.map(({ customerId }) => customerId)]
}

function personFrom(
  customer: Customer,
  aliases: readonly AliasRow[],
  attributes: readonly AttributeRow[],
): FoundPerson {
  const { projectId, bucket, customerId, originalAppUserId, country } = customer
  return {
    customer: { projectId, bucket, customerId },
    originalAppUserId,
    country: country ?? null,
    aliases: aliases.map((row): CustomerAlias => ({ appUserId: row.app_user_id, lastSeenAt: row.last_seen_at })),
    attributes: new Map(
      attributes.map((row): [string, Attribute] => [row.key, { value: row.value, updatedAt: row.updated_at }]),
    ),
  }
}
