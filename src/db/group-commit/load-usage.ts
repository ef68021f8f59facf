import type { Purchase } from '../../core/purchases/purchase.ts'
import { CAP_COLUMNS, type CapRow, capFromRow } from '../cap-overrides.ts'
import { GRANT_COLUMNS, type GrantRow, grantFromRow } from '../entitlement-grants.ts'
import { PURCHASE_COLUMN_NAMES, type PurchaseRow, purchaseFromRow } from '../purchase-rows.ts'
import { type Query, statement } from '../statement.ts'
import type { UsageState } from './group-state.ts'

type Owned<Row> = Row & { customer_id: string }
type CounterRow = { period_key: string; meter: string; used: number }

const WANTED = 'unnest($1::smallint[], $2::text[]) as k (bucket, customer_id)'
const PURCHASES = statement(
  'group.purchases',
  `select ${['customer_id', ...PURCHASE_COLUMN_NAMES].map((column) => `p.${column}`).join(', ')} from ${WANTED}
   join purchases p on p.bucket = k.bucket and p.customer_id = k.customer_id order by p.purchased_at, p.purchase_id`,
)
const GRANTS = statement(
  'group.entitlement_grants',
  `select g.customer_id, ${GRANT_COLUMNS} from ${WANTED}
   join entitlement_grants g on g.bucket = k.bucket and g.customer_id = k.customer_id order by g.granted_at, g.grant_id`,
)
const COUNTERS = statement(
  'group.counters',
  `select u.customer_id, u.period_key, u.meter, u.used from ${WANTED}
   join usage_counters u on u.bucket = k.bucket and u.customer_id = k.customer_id`,
)
const CAPS = statement(
  'group.caps',
  `select k.customer_id, c.* from ${WANTED} cross join lateral (
     select ${CAP_COLUMNS} from cap_overrides o where o.bucket = k.bucket and o.customer_id = k.customer_id
     order by o.number desc limit 1) c`,
)

/**
 * What consumption looks at beside the wallet: purchases, grants, counters, and the cap that counts. By customer id.
 * `granted` are those of the customers who may have grants.
 */
export async function loadUsage(
  query: Query,
  customers: [number[], string[]],
  granted: [number[], string[]],
): Promise<Map<string, UsageState>> {
  const [, ids] = customers
  if (ids.length === 0) return new Map()
  const [purchases, grants, counters, caps] = await Promise.all([
    query<Owned<PurchaseRow>>(PURCHASES, customers),
    granted[1].length === 0 ? [] : query<Owned<GrantRow>>(GRANTS, granted),
    query<Owned<CounterRow>>(COUNTERS, customers),
    query<Owned<CapRow>>(CAPS, customers),
  ])
  const bought = Map.groupBy(purchases, (row) => row.customer_id)
  const given = Map.groupBy(grants, (row) => row.customer_id)
  const counted = Map.groupBy(counters, (row) => row.customer_id)
  const decided = new Map(caps.map((row) => [row.customer_id, capFromRow(row)]))
  return new Map(
    ids.map((id): [string, UsageState] => {
      const cap = decided.get(id)
      return [
        id,
        {
          purchases: (bought.get(id) ?? []).map((row): Purchase => purchaseFromRow(row)),
          grants: (given.get(id) ?? []).map(grantFromRow),
          counters: countersByPeriod(counted.get(id) ?? []),
          latestCap: cap ?? null,
        },
      ]
    }),
  )
}

function countersByPeriod(rows: readonly CounterRow[]): UsageState['counters'] {
  const periods = Map.groupBy(rows, (row) => row.period_key)
  return new Map([...periods].map(([key, own]) => [key, new Map(own.map(({ meter, used }) => [meter, used]))]))
}
