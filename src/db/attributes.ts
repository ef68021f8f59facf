import type { Attribute, Attributes } from '../core/customers/attributes.ts'
import type { CustomerRef } from '../core/customers/customer.ts'
import type { TxCustomers } from '../usecases/ports.ts'
import { type Query, statement } from './statement.ts'
import { timeOf } from './wire-values.ts'

const LIST = statement(
  'customer_attributes.list',
  'select key, value, updated_at from customer_attributes where bucket = $1 and customer_id = $2 order by key',
)
const SET = statement(
  'customer_attributes.set',
  `insert into customer_attributes (bucket, customer_id, key, value, updated_at)
   select $1, $2, t.key, t.value, t.updated_at
   from unnest($3::text[], $4::text[], $5::timestamptz[]) as t (key, value, updated_at)
   on conflict (bucket, customer_id, key) do update set value = excluded.value, updated_at = excluded.updated_at`,
)

export function listAttributes(query: Query) {
  return async (ref: CustomerRef): Promise<Attributes> => {
    const rows = await query<{ key: string; value: string | null; updated_at: number }>(LIST, [
      ref.bucket,
      ref.customerId,
    ])
    return new Map(rows.map((row) => [row.key, { value: row.value, updatedAt: row.updated_at }]))
  }
}

export function attributeRows(query: Query): Pick<TxCustomers, 'attributes' | 'setAttributes'> {
  return {
    attributes: listAttributes(query),
    async setAttributes(ref, changes: ReadonlyMap<string, Attribute>) {
      if (changes.size === 0) return
      const attributes = [...changes.values()]
      await query(SET, [
        ref.bucket,
        ref.customerId,
        [...changes.keys()],
        attributes.map((attribute) => attribute.value),
        attributes.map((attribute) => timeOf(attribute.updatedAt)),
      ])
    },
  }
}
