import { bucketOf } from '../core/lib/bucket.ts'
import type { Store } from '../core/projects/project.ts'
import type { CustomerSearchReads, FoundCustomer } from '../usecases/ports/ledger.ts'
import { CUSTOMER_COLUMNS, type CustomerRow, customerFromRow } from './customers.ts'
import { type Query, statement } from './statement.ts'

/** Names looked at: a customer may have several that begin alike, and each is shown once. */
const NAMES_MAX = 200

/** The greatest character: in byte order, what begins with a text lies between the text and the text with this after it. */
const GREATEST = '\u{10ffff}'

const BY_NAME = statement(
  'customer_search.by_name',
  `select ${CUSTOMER_COLUMNS} from (
     select customer_bucket, customer_id, app_user_id from customer_aliases
     where project_id = $1 and app_user_id ~>=~ $2 and app_user_id ~<~ $3 order by app_user_id using ~<~ limit ${NAMES_MAX}) a
   join customers c on c.bucket = a.customer_bucket and c.customer_id = a.customer_id
   order by a.app_user_id using ~<~`,
)
const BY_EMAIL = statement(
  'customer_search.by_email',
  `select ${CUSTOMER_COLUMNS} from customer_attributes a
   join customers c on c.bucket = a.bucket and c.customer_id = a.customer_id
   where a.key = '$email' and a.value is not null and lower(a.value) = lower($2) and c.project_id = $1
     and c.merged_into_id is null
   order by c.last_seen_at desc, c.customer_id limit $3`,
)
const CLAIMS = `unnest($2::smallint[], $3::text[]) as k (bucket, store)
   join store_claims s on s.bucket = k.bucket and s.project_id = $1 and s.store = k.store
     and s.environment in ('production', 'sandbox') and s.store_purchase_id = $4`
const BY_PURCHASE = statement(
  'customer_search.by_purchase',
  `select ${CUSTOMER_COLUMNS} from ${CLAIMS}
   join customers c on c.bucket = s.customer_bucket and c.customer_id = s.customer_id`,
)
const PURCHASE_IDS = statement('customer_search.purchase_ids', `select s.purchase_id from ${CLAIMS}`)

const LATEST_NAMES = statement(
  'customer_search.latest_names',
  `select app_user_id from customer_aliases where customer_bucket = $1 and customer_id = $2
   order by last_seen_at desc, app_user_id desc limit $3`,
)

/** A claim is found by its store as well, and whoever types an id does not say which store it is of. */
const STORES = [
  'app_store',
  'mac_app_store',
  'play_store',
  'amazon',
  'stripe',
  'rc_billing',
  'paddle',
  'roku',
  'galaxy',
  'test_store',
] as const satisfies readonly Store[]

/** Finds customers by what there is an index for: the beginning of a name, an e-mail, a store's id of a purchase. */
export function customerSearch(query: Query): CustomerSearchReads {
  return {
    async find(projectId, text, limit) {
      const [named, written, bought] = await Promise.all([
        query<CustomerRow>(BY_NAME, [projectId, text, `${text}${GREATEST}`]),
        query<CustomerRow>(BY_EMAIL, [projectId, text, limit]),
        query<CustomerRow>(BY_PURCHASE, claimValues(projectId, text)),
      ])
      const found = new Map<string, FoundCustomer>()
      const add = (rows: readonly CustomerRow[], by: FoundCustomer['by']) => {
        for (const row of rows) {
          if (!found.has(row.customer_id)) found.set(row.customer_id, { customer: customerFromRow(row), by })
        }
      }
      // A whole e-mail or purchase says more than the beginning of a name, of which there may be many.
      add(written, 'email')
      add(bought, 'purchase')
      add(named, 'app_user_id')
      return [...found.values()].slice(0, limit)
    },
    async latestNames(ref, limit) {
      const rows = await query<{ app_user_id: string }>(LATEST_NAMES, [ref.bucket, ref.customerId, limit])
      return rows.map((row) => row.app_user_id)
    },
    async purchaseIds(projectId, storePurchaseId) {
      const rows = await query<{ purchase_id: string }>(PURCHASE_IDS, claimValues(projectId, storePurchaseId))
      return rows.map((row) => row.purchase_id)
    },
  }
}

function claimValues(projectId: string, storePurchaseId: string): unknown[] {
  return [projectId, STORES.map((store) => bucketOf(projectId, store, storePurchaseId)), STORES, storePurchaseId]
}
