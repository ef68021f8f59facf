import type { Customer } from '../core/customers/customer.ts'
import { bucketOf } from '../core/lib/bucket.ts'
import type { Clock } from '../core/lib/clock.ts'
import type { CustomerPurchases } from '../usecases/ports.ts'
import { coalesced } from './coalesced.ts'
import { CUSTOMER_COLUMNS, type CustomerRow, customerFromRow } from './customers.ts'
import { GRANTS_AS_JSON, type GrantRow, grantFromRow } from './entitlement-grants.ts'
import { type HeldFacts, heldViews } from './held-purchases.ts'
import { PURCHASE_COLUMN_NAMES, type PurchaseRow, purchaseFromRow } from './purchase-rows.ts'
import { type Query, statement } from './statement.ts'

type Key = { projectId: string; appUserId: string }
type AskedRow = CustomerRow & { asked: number }
type ViewRow = AskedRow & PurchaseRow & { grants: GrantRow[] | null }

const ASKED = `unnest($1::smallint[], $2::text[], $3::text[]) with ordinality as k (bucket, project_id, app_user_id, asked)
   join customer_aliases a on a.bucket = k.bucket and a.project_id = k.project_id and a.app_user_id = k.app_user_id
   join customers c on c.bucket = a.customer_bucket and c.customer_id = a.customer_id`
const CUSTOMERS = statement('customers.asked', `select k.asked, ${CUSTOMER_COLUMNS} from ${ASKED}`)
const VIEWS = statement(
  'customers.views',
  `select k.asked, ${CUSTOMER_COLUMNS}, ${GRANTS_AS_JSON} as grants, ${PURCHASE_COLUMN_NAMES.map((column) => `p.${column}`).join(', ')}
   from ${ASKED}
   left join purchases p on p.bucket = c.bucket and p.customer_id = c.customer_id
   order by k.asked, p.purchased_at, p.purchase_id`,
)

/**
 * Reads customers with all that is theirs, each from one moment. The hottest read of all: every app asks at every start.
 * Of a customer whom this process has read before, only the row is read, and the rest if its revision is another one.
 */
export function readCustomerViews(
  query: Query,
  clock: Clock,
): (projectId: string, appUserId: string) => Promise<CustomerPurchases | null> {
  const views = heldViews(clock)
  const readCustomer = coalesced<Key, Customer | null>(async (keys) => {
    const rows = await query<AskedRow>(CUSTOMERS, valuesOf(keys))
    const customers = new Map(rows.map((row) => [row.asked, customerFromRow(row)]))
    return keys.map((_, index) => customers.get(index + 1) ?? null)
  })
  const readView = coalesced<Key, CustomerPurchases | null>(async (keys) => {
    const rows = Map.groupBy(await query<ViewRow>(VIEWS, valuesOf(keys)), (row) => row.asked)
    return keys.map((key, index) => {
      const [first, ...others] = rows.get(index + 1) ?? []
      if (first === undefined) return null
      const customer = customerFromRow(first)
      return { customer, ...views.keep(nameOf(key), customer, factsFromRows([first, ...others])) }
    })
  })
  return async (projectId, appUserId) => {
    const key = { projectId, appUserId }
    const held = views.get(nameOf(key))
    if (held === null) return readView(key)
    const customer = await readCustomer(key)
    const isHeld = customer?.customerId === held.customerId && customer.revision === held.revision
    return isHeld ? { customer, ...held.facts } : readView(key)
  }
}

function valuesOf(keys: readonly Key[]): unknown[] {
  return [
    keys.map(({ projectId, appUserId }) => bucketOf(projectId, appUserId)),
    keys.map(({ projectId }) => projectId),
    keys.map(({ appUserId }) => appUserId),
  ]
}

function factsFromRows(rows: readonly ViewRow[]): HeldFacts {
  return {
    purchases: rows.flatMap((row) => (row.purchase_id === null ? [] : [purchaseFromRow(row)])),
    grants: (rows[0]?.grants ?? []).map(grantFromRow),
  }
}

/** Neither part contains a line break. */
function nameOf({ projectId, appUserId }: Key): string {
  return `${projectId}\n${appUserId}`
}
