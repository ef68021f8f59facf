import type { CustomerRef } from '../core/customers/customer.ts'
import type { Hold, HoldStatus } from '../core/wallet/hold.ts'
import type { HoldReads, TxHolds } from '../usecases/ports.ts'
import { type Query, statement } from './statement.ts'
import { timeOf } from './wire-values.ts'

type HoldRow = {
  hold_id: string
  transaction_id: string
  currency: string
  status: HoldStatus
  authorised: number
  captured: number
  reason: string
  actor: string
  expires_at: number
  created_at: number
  closed_at: number | null
}
type OwnerRow = { project_id: string; bucket: number; customer_id: string }

export const HOLD_COLUMNS = `hold_id, transaction_id, currency, status, authorised, captured, reason, actor, expires_at, created_at,
  closed_at`

const GET = statement(
  'wallet_holds.get',
  `select ${HOLD_COLUMNS} from wallet_holds where bucket = $1 and customer_id = $2 and hold_id = $3`,
)
const OF_CUSTOMER = statement(
  'wallet_holds.of_customer',
  `select ${HOLD_COLUMNS} from wallet_holds where bucket = $1 and customer_id = $2 and (not $3 or status = 'open')
   order by hold_id desc limit $4`,
)
const OWNER = statement(
  'wallet_holds.owner',
  `select c.project_id, h.bucket, h.customer_id from wallet_holds h
   join customers c on c.bucket = h.bucket and c.customer_id = h.customer_id
   where h.hold_id = $2 and c.project_id = $1 limit 1`,
)
const DUE = statement(
  'wallet_holds.due',
  `select c.project_id, h.bucket, h.customer_id, h.hold_id from wallet_holds h
   join customers c on c.bucket = h.bucket and c.customer_id = h.customer_id
   where h.status = 'open' and h.expires_at <= $1 order by h.expires_at limit $2`,
)
const SAVE = statement(
  'wallet_holds.save',
  `insert into wallet_holds (bucket, customer_id, ${HOLD_COLUMNS})
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
   on conflict (bucket, customer_id, hold_id) do update set status = excluded.status, captured = excluded.captured,
   expires_at = excluded.expires_at, closed_at = excluded.closed_at`,
)
const MOVE = statement(
  'wallet_holds.move',
  `with moved as (delete from wallet_holds where bucket = $1 and customer_id = $2 returning *)
   insert into wallet_holds (bucket, customer_id, ${HOLD_COLUMNS}) select $3, $4, ${HOLD_COLUMNS} from moved`,
)

const OPEN_OF_MANY = statement(
  'wallet_holds.open_of_many',
  `select h.customer_id, ${HOLD_COLUMNS} from unnest($1::smallint[], $2::text[]) as k (bucket, customer_id)
   join wallet_holds h on h.bucket = k.bucket and h.customer_id = k.customer_id and h.status = 'open'
   order by h.hold_id desc`,
)
const IN_RANGE = statement(
  'wallet_holds.in_range',
  `select customer_id, ${HOLD_COLUMNS} from wallet_holds
   where (bucket, customer_id) >= ($1, $2) and (bucket, customer_id) <= ($3, $4)`,
)

/** The open holds of several customers, by customer id; the newest first. */
export async function openHoldsOfMany(query: Query, customers: [number[], string[]]): Promise<Map<string, Hold[]>> {
  const holds = new Map<string, Hold[]>()
  for (const row of await query<HoldRow & { customer_id: string }>(OPEN_OF_MANY, customers)) {
    holds.set(row.customer_id, [...(holds.get(row.customer_id) ?? []), holdFromRow(row)])
  }
  return holds
}

const OPEN_AT = statement(
  'wallet_holds.open_at',
  `select ${HOLD_COLUMNS} from wallet_holds where bucket = $1 and customer_id = $2 and created_at <= $3
     and (closed_at is null or closed_at > $3) order by hold_id desc limit $4`,
)

/** Holds of a customer that were open at a moment, the newest first. What is captured of them is what is captured now. */
export function holdsOpenAt(query: Query) {
  return async (ref: CustomerRef, at: number, limit: number): Promise<Hold[]> =>
    (await query<HoldRow>(OPEN_AT, [ref.bucket, ref.customerId, timeOf(at), limit])).map(holdFromRow)
}

/** The holds of all customers from one bucket and id to another. */
export async function holdsInRange(
  query: Query,
  range: readonly unknown[],
): Promise<Array<{ customer_id: string; hold: Hold }>> {
  const rows = await query<HoldRow & { customer_id: string }>(IN_RANGE, range)
  return rows.map((row) => ({ customer_id: row.customer_id, hold: holdFromRow(row) }))
}

export function holdReads(query: Query): HoldReads {
  return {
    async ofCustomer(ref, { isOpen, limit }) {
      return (await query<HoldRow>(OF_CUSTOMER, [ref.bucket, ref.customerId, isOpen, limit])).map(holdFromRow)
    },
    async due(now, limit) {
      const rows = await query<OwnerRow & { hold_id: string }>(DUE, [timeOf(now), limit])
      return rows.map((row) => ({ owner: ownerFromRow(row), holdId: row.hold_id }))
    },
  }
}

export function holdRows(query: Query): TxHolds {
  return {
    ofCustomer: holdReads(query).ofCustomer,
    async ownerOf(projectId, holdId) {
      const [row] = await query<OwnerRow>(OWNER, [projectId, holdId])
      return row === undefined ? null : ownerFromRow(row)
    },
    async get(ref, holdId) {
      const [row] = await query<HoldRow>(GET, [ref.bucket, ref.customerId, holdId])
      return row === undefined ? null : holdFromRow(row)
    },
    async save(ref, hold) {
      await query(SAVE, [ref.bucket, ref.customerId, ...holdToValues(hold)])
    },
    async move(from, to) {
      await query(MOVE, [from.bucket, from.customerId, to.bucket, to.customerId])
    },
  }
}

function ownerFromRow(row: OwnerRow) {
  return { projectId: row.project_id, bucket: row.bucket, customerId: row.customer_id }
}

/** The values in the order of `HOLD_COLUMNS`. */
export function holdToValues(hold: Hold): unknown[] {
  return [
    hold.holdId,
    hold.transactionId,
    hold.currency,
    hold.status,
    hold.authorised,
    hold.captured,
    hold.reason,
    hold.actor,
    timeOf(hold.expiresAt),
    timeOf(hold.createdAt),
    timeOf(hold.closedAt),
  ]
}

function holdFromRow(row: HoldRow): Hold {
  return {
    holdId: row.hold_id,
    transactionId: row.transaction_id,
    currency: row.currency,
    status: row.status,
    authorised: row.authorised,
    captured: row.captured,
    reason: row.reason,
    actor: row.actor,
    expiresAt: row.expires_at,
    createdAt: row.created_at,
    closedAt: row.closed_at,
  }
}
