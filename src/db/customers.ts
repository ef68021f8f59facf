import { AppUserIdBlocked } from '../core/customers/app-user-id-blocked.ts'
import type { Customer, CustomerAlias, CustomerRef } from '../core/customers/customer.ts'
import { bucketOf } from '../core/lib/bucket.ts'
import type { TxCustomers } from '../usecases/ports.ts'
import { attributeRows } from './attributes.ts'
import { isBlocked } from './customer-rules.ts'
import { type Query, statement } from './statement.ts'
import { timeOf } from './wire-values.ts'

export type CustomerRow = {
  project_id: string
  bucket: number
  customer_id: string
  original_app_user_id: string
  first_seen_at: number
  last_seen_at: number
  revision: number
  merged_into_id: string | null
  country_code: string | null
  offering_override_id: string | null
}

/** Looks again this often when a customer was merged away while its lock was awaited. */
const MERGES_FOLLOWED_MAX = 5

/** The columns of `customers c`. */
export const CUSTOMER_COLUMNS = `c.project_id, c.bucket, c.customer_id, c.original_app_user_id, c.first_seen_at, c.last_seen_at, c.revision,
  c.merged_into_id, c.country_code, c.offering_override_id`
const BY_APP_USER_ID = `select ${CUSTOMER_COLUMNS} from customer_aliases a
  join customers c on c.bucket = a.customer_bucket and c.customer_id = a.customer_id
  where a.bucket = $1 and a.project_id = $2 and a.app_user_id = $3`

const FIND = statement('customers.find', BY_APP_USER_ID)
/** Looked at anew when the lock was awaited: who was deleted meanwhile is not there any more, under whatever name. */
const LOCK_BY_APP_USER_ID = statement(
  'customers.lock_by_app_user_id',
  `${BY_APP_USER_ID} and c.erased_at is null for no key update of c`,
)
const LOCK = statement(
  'customers.lock',
  `select ${CUSTOMER_COLUMNS} from customers c where c.bucket = $1 and c.customer_id = $2 and c.erased_at is null
   for no key update`,
)
const INSERT = statement(
  'customers.insert',
  `insert into customers (project_id, bucket, customer_id, original_app_user_id, first_seen_at, last_seen_at, revision)
   values ($1, $2, $3, $4, $5, $6, $7)`,
)
const UPDATE = statement(
  'customers.update',
  `update customers set original_app_user_id = $3, first_seen_at = $4, last_seen_at = greatest(last_seen_at, $5), revision = $6,
   merged_into_id = $7 where bucket = $1 and customer_id = $2`,
)
const TOUCH = statement(
  'customers.touch',
  'update customers set last_seen_at = $3 where bucket = $1 and customer_id = $2 and last_seen_at < $3',
)
const SET_COUNTRY = statement(
  'customers.set_country',
  'update customers set country_code = $3 where bucket = $1 and customer_id = $2 and erased_at is null',
)
const SET_OFFERING_OVERRIDE = statement(
  'customers.set_offering_override',
  'update customers set offering_override_id = $3 where bucket = $1 and customer_id = $2',
)
const TOUCH_NAME = statement(
  'customer_aliases.touch',
  `update customer_aliases set last_seen_at = $4 where bucket = $1 and project_id = $2 and app_user_id = $3 and last_seen_at < $4`,
)
const CLAIM = statement(
  'customer_aliases.claim',
  `insert into customer_aliases (bucket, project_id, app_user_id, customer_bucket, customer_id, last_seen_at)
   select $1::smallint, $2::text, $3::text, $4::smallint, $5::text, $6::timestamptz where not exists (
     select from blocked_app_user_ids b where b.project_id = $2 and b.app_user_id = $3) on conflict do nothing returning 1`,
)
const MOVE_ALIASES = statement(
  'customer_aliases.move',
  'update customer_aliases set customer_bucket = $3, customer_id = $4 where customer_bucket = $1 and customer_id = $2',
)
const ALIASES = statement(
  'customer_aliases.of_customer',
  `select app_user_id, last_seen_at from customer_aliases where customer_bucket = $1 and customer_id = $2
   order by last_seen_at, app_user_id`,
)

export function findCustomer(query: Query) {
  return async (projectId: string, appUserId: string): Promise<Customer | null> => {
    const [row] = await query<CustomerRow>(FIND, aliasKey(projectId, appUserId))
    return row === undefined ? null : customerFromRow(row)
  }
}

export function listAliases(query: Query) {
  return async (ref: CustomerRef): Promise<CustomerAlias[]> => {
    const rows = await query<{ app_user_id: string; last_seen_at: number }>(ALIASES, [ref.bucket, ref.customerId])
    return rows.map((row) => ({ appUserId: row.app_user_id, lastSeenAt: row.last_seen_at }))
  }
}

export function touchCustomer(query: Query) {
  return async (ref: CustomerRef, appUserId: string, now: number): Promise<void> => {
    await Promise.all([
      query(TOUCH, [ref.bucket, ref.customerId, timeOf(now)]),
      query(TOUCH_NAME, [...aliasKey(ref.projectId, appUserId), timeOf(now)]),
    ])
  }
}

export function setCustomerCountry(query: Query) {
  return async (ref: CustomerRef, country: string): Promise<void> => {
    await query(SET_COUNTRY, [ref.bucket, ref.customerId, country])
  }
}

export function customerRows(query: Query): TxCustomers {
  return {
    ...attributeRows(query),
    findByAppUserId: findCustomer(query),
    aliases: listAliases(query),
    touch: touchCustomer(query),
    setCountry: setCustomerCountry(query),
    async lockByAppUserId(projectId, appUserId) {
      for (let follow = 0; follow < MERGES_FOLLOWED_MAX; follow++) {
        const [row] = await query<CustomerRow>(LOCK_BY_APP_USER_ID, aliasKey(projectId, appUserId))
        if (row === undefined) return null
        if (row.merged_into_id === null) return customerFromRow(row)
      }
      throw new Error(`the customer of an app user id of ${projectId} was merged away too often`)
    },
    async lock(refs) {
      const locked = await Promise.all(refs.map((ref) => query<CustomerRow>(LOCK, [ref.bucket, ref.customerId])))
      return locked.flat().map(customerFromRow)
    },
    async insert(customer) {
      await query(INSERT, [
        customer.projectId,
        customer.bucket,
        customer.customerId,
        customer.originalAppUserId,
        timeOf(customer.firstSeenAt),
        timeOf(customer.lastSeenAt),
        customer.revision,
      ])
    },
    async claimAppUserId(ref, appUserId, now) {
      const key = aliasKey(ref.projectId, appUserId)
      const claimed = await query(CLAIM, [...key, ref.bucket, ref.customerId, timeOf(now)])
      if (claimed.length === 1) return true
      if (await isBlocked(query)(ref.projectId, appUserId)) throw new AppUserIdBlocked()
      return false
    },
    async setOfferingOverride(ref, offeringId) {
      await query(SET_OFFERING_OVERRIDE, [ref.bucket, ref.customerId, offeringId])
    },
    async moveAliases(from, to) {
      await query(MOVE_ALIASES, [from.bucket, from.customerId, to.bucket, to.customerId])
    },
    async update(customer) {
      await query(UPDATE, [
        customer.bucket,
        customer.customerId,
        customer.originalAppUserId,
        timeOf(customer.firstSeenAt),
        timeOf(customer.lastSeenAt),
        customer.revision,
        customer.mergedIntoId,
      ])
    },
  }
}

function aliasKey(projectId: string, appUserId: string): [number, string, string] {
  return [bucketOf(projectId, appUserId), projectId, appUserId]
}

export function customerFromRow(row: CustomerRow): Customer {
  return {
    projectId: row.project_id,
    bucket: row.bucket,
    customerId: row.customer_id,
    originalAppUserId: row.original_app_user_id,
    firstSeenAt: row.first_seen_at,
    lastSeenAt: row.last_seen_at,
    revision: row.revision,
    mergedIntoId: row.merged_into_id,
    country: row.country_code,
    offeringOverrideId: row.offering_override_id,
  }
}
