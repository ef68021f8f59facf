import { bucketOf } from '../core/lib/bucket.ts'
import type { CustomerPurchases } from '../usecases/ports.ts'
import { coalesced } from './coalesced.ts'
import { CUSTOMER_COLUMNS, type CustomerRow, customerFromRow } from './customers.ts'
import { PURCHASE_COLUMN_NAMES, type PurchaseRow, purchaseFromRow } from './purchase-rows.ts'
import { type Query, statement } from './statement.ts'

type Key = { projectId: string; appUserId: string }
type ViewRow = CustomerRow & PurchaseRow & { asked: number }

const VIEWS = statement(
  'customers.views',
  `select k.asked, ${CUSTOMER_COLUMNS}, ${PURCHASE_COLUMN_NAMES.map((column) => `p.${column}`).join(', ')}
   from unnest($1::smallint[], $2::text[], $3::text[]) with ordinality as k (bucket, project_id, app_user_id, asked)
   join customer_aliases a on a.bucket = k.bucket and a.project_id = k.project_id and a.app_user_id = k.app_user_id
   join customers c on c.bucket = a.customer_bucket and c.customer_id = a.customer_id
   left join purchases p on p.bucket = c.bucket and p.customer_id = c.customer_id
   order by k.asked, p.purchased_at, p.purchase_id`,
)

/** Reads customers with their purchases, each from one moment. The hottest read of all: every app asks at every start. */
export function readCustomerViews(
  query: Query,
): (projectId: string, appUserId: string) => Promise<CustomerPurchases | null> {
  const read = coalesced<Key, CustomerPurchases | null>(async (keys) => {
    const rows = await query<ViewRow>(VIEWS, [
      keys.map(({ projectId, appUserId }) => bucketOf(projectId, appUserId)),
      keys.map(({ projectId }) => projectId),
      keys.map(({ appUserId }) => appUserId),
    ])
    const views = new Map<number, CustomerPurchases>()
    for (const row of rows) {
      const view = views.get(row.asked) ?? { customer: customerFromRow(row), purchases: [] }
      if (row.purchase_id !== null) view.purchases.push(purchaseFromRow(row))
      views.set(row.asked, view)
    }
    return keys.map((_, index) => views.get(index + 1) ?? null)
  })
  return (projectId, appUserId) => read({ projectId, appUserId })
}
