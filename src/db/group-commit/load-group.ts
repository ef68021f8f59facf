import type { ConfiguredCurrency } from '../../core/catalog/currency.ts'
import { bucketOf } from '../../core/lib/bucket.ts'
import type { Hold } from '../../core/wallet/hold.ts'
import type { Wallet } from '../../core/wallet/wallet.ts'
import type { GroupSubject, IdempotencyRecord } from '../../usecases/ports.ts'
import { readThreshold } from '../approvals.ts'
import { listCurrencies } from '../catalog-currencies.ts'
import { CUSTOMER_COLUMNS, type CustomerRow, customerFromRow } from '../customers.ts'
import { openHoldsOfMany } from '../holds.ts'
import { keyValues } from '../idempotency.ts'
import { type Query, statement } from '../statement.ts'
import { LOT_COLUMNS, type LotRow, lotFromRow } from '../wallet-lot-rows.ts'
import { timeOf } from '../wire-values.ts'
import { aliasKeyOf, type CustomerState, type GroupState, keyTextOf, type Locking } from './group-state.ts'
import { loadUsage } from './load-usage.ts'

type LockedRow = CustomerRow & { asked: number; ledger_sequence: number; ledger_hash: string; has_grants: boolean }
type BalanceRow = { customer_id: string; currency: string; balance: number; owed: number }

/** Lots that lapse so soon are read as if they had lapsed: the members decide a moment later, and look at the time anew. */
const LAPSING_WITHIN_MS = 60_000

const LOCK = `select k.asked, c.ledger_sequence, c.ledger_hash, c.has_grants, ${CUSTOMER_COLUMNS}
   from unnest($1::smallint[], $2::text[], $3::text[]) with ordinality as k (bucket, project_id, app_user_id, asked)
   join customer_aliases a on a.bucket = k.bucket and a.project_id = k.project_id and a.app_user_id = k.app_user_id
   join customers c on c.bucket = a.customer_bucket and c.customer_id = a.customer_id
   where c.erased_at is null
   for no key update of c`
/** Leaves out whoever is locked by somebody else, so that one busy customer makes nobody else wait. */
const LOCK_FREE = statement('group.lock', `${LOCK} skip locked`)
const LOCK_WAITING = statement('group.lock_waiting', LOCK)
const KEYS = statement(
  'group.keys',
  `select k.asked, i.fingerprint, i.answer
   from unnest($1::smallint[], $2::text[], $3::text[], $4::text[]) with ordinality as k (bucket, project_id, scope, key, asked)
   join idempotency_keys i on i.bucket = k.bucket and i.project_id = k.project_id and i.scope = k.scope and i.key = k.key`,
)
const WANTED = 'unnest($1::smallint[], $2::text[]) as k (bucket, customer_id)'
const BALANCES = statement(
  'group.balances',
  `select b.customer_id, b.currency, b.balance, b.owed from ${WANTED}
   join wallet_balances b on b.bucket = k.bucket and b.customer_id = k.customer_id order by b.currency`,
)
const LOTS = `select l.customer_id, ${LOT_COLUMNS} from ${WANTED}
   join wallet_lots l on l.bucket = k.bucket and l.customer_id = k.customer_id and l.remaining > 0`
const OPEN_LOTS = statement('group.open_lots', LOTS)
const LAPSED_LOTS = statement('group.lapsed_lots', `${LOTS} and l.expires_at <= $3`)

/**
 * Locks the customers of all subjects that are free, and reads in one more round trip what their writes look at. The key
 * is looked for after the lock is held: an earlier look could miss what a parallel write has kept.
 */
export async function loadGroup(
  query: Query,
  { subjects, now, locking }: { subjects: readonly GroupSubject[]; now: number; locking: Locking },
): Promise<GroupState> {
  const named = [...new Map(subjects.map((one) => [aliasKeyOf(one.projectId, one.appUserId), one])).values()]
  const rows = await query<LockedRow>(locking === 'skip' ? LOCK_FREE : LOCK_WAITING, [
    named.map(({ projectId, appUserId }) => bucketOf(projectId, appUserId)),
    named.map(({ projectId }) => projectId),
    named.map(({ appUserId }) => appUserId),
  ])
  const locked = rows.filter((row) => row.merged_into_id === null)
  const customerIds = new Map(
    locked.flatMap(({ asked, customer_id }) => {
      const one = named[asked - 1]
      return one === undefined ? [] : [[aliasKeyOf(one.projectId, one.appUserId), customer_id]]
    }),
  )
  const joined = subjects.filter((one) => customerIds.has(aliasKeyOf(one.projectId, one.appUserId)))
  const distinct = [...new Map(locked.map((row) => [row.customer_id, row])).values()]
  const idOf = (one: GroupSubject) => customerIds.get(aliasKeyOf(one.projectId, one.appUserId)) ?? ''
  const needsAll = new Set(joined.filter(({ lots }) => lots === 'all').map(idOf))
  const holders = new Set(joined.filter(({ wantsOpenHolds }) => wantsOpenHolds).map(idOf))
  const consumers = new Set(joined.filter(({ wantsUsage }) => wantsUsage).map(idOf))
  const consuming = distinct.filter((row) => consumers.has(row.customer_id))
  const [keys, wallets, holds, usage, currencies, thresholds] = await Promise.all([
    readKeys(query, joined),
    readWallets(query, distinct, needsAll, now),
    readHolds(
      query,
      distinct.filter((row) => holders.has(row.customer_id)),
    ),
    loadUsage(query, idsOf(consuming), idsOf(consuming.filter((row) => row.has_grants))),
    readCurrencies(query, joined),
    readThresholds(query, joined),
  ])
  const customers = distinct.map((row): [string, CustomerState] => [
    row.customer_id,
    {
      customer: customerFromRow(row),
      head: { sequence: row.ledger_sequence, hash: row.ledger_hash },
      wallets: wallets.get(row.customer_id) ?? new Map(),
      openHolds: holds.get(row.customer_id) ?? [],
      usage: usage.get(row.customer_id) ?? null,
    },
  ])
  return {
    customerIds,
    customers: new Map(customers),
    keys,
    currencies,
    thresholds,
    lapsedUntil: now + LAPSING_WITHIN_MS,
  }
}

async function readKeys(query: Query, subjects: readonly GroupSubject[]): Promise<Map<string, IdempotencyRecord>> {
  const keys = subjects.flatMap(({ key }) => (key === null ? [] : [key]))
  if (keys.length === 0) return new Map()
  const values = keys.map(keyValues)
  const columns = [0, 1, 2, 3].map((column) => values.map((row) => row[column]))
  const rows = await query<IdempotencyRecord & { asked: number }>(KEYS, columns)
  return new Map(
    rows.flatMap(({ asked, fingerprint, answer }) => {
      const key = keys[asked - 1]
      return key === undefined ? [] : [[keyTextOf(key), { fingerprint, answer }]]
    }),
  )
}

async function readWallets(
  query: Query,
  customers: readonly CustomerRow[],
  needsAll: ReadonlySet<string>,
  now: number,
): Promise<Map<string, Map<string, Wallet>>> {
  const some = customers.filter((row) => !needsAll.has(row.customer_id))
  const all = customers.filter((row) => needsAll.has(row.customer_id))
  type OwnedLot = LotRow & { customer_id: string }
  const [balances, open, lapsed] = await Promise.all([
    query<BalanceRow>(BALANCES, idsOf(customers)),
    all.length === 0 ? [] : query<OwnedLot>(OPEN_LOTS, idsOf(all)),
    some.length === 0 ? [] : query<OwnedLot>(LAPSED_LOTS, [...idsOf(some), timeOf(now + LAPSING_WITHIN_MS)]),
  ])
  const placeOf = (row: { customer_id: string; currency: string }) => `${row.customer_id}\n${row.currency}`
  const lots = Map.groupBy([...open, ...lapsed], placeOf)
  const wallets = new Map<string, Map<string, Wallet>>()
  for (const { customer_id, ...row } of balances) {
    const own = wallets.get(customer_id) ?? new Map<string, Wallet>()
    const held = lots.get(placeOf({ customer_id, ...row })) ?? []
    wallets.set(customer_id, own.set(row.currency, { ...row, lots: held.map(lotFromRow) }))
  }
  return wallets
}

async function readHolds(query: Query, customers: readonly CustomerRow[]): Promise<Map<string, Hold[]>> {
  if (customers.length === 0) return new Map()
  return openHoldsOfMany(query, idsOf(customers))
}

async function readCurrencies(
  query: Query,
  subjects: readonly GroupSubject[],
): Promise<Map<string, ConfiguredCurrency[]>> {
  const projects = projectsOf(subjects.filter((one) => one.wantsCurrencies))
  const list = listCurrencies(query)
  return new Map(await Promise.all(projects.map(async (id) => [id, await list(id)] as const)))
}

async function readThresholds(query: Query, subjects: readonly GroupSubject[]): Promise<Map<string, number | null>> {
  const projects = projectsOf(subjects.filter((one) => one.wantsThreshold))
  const read = readThreshold(query)
  return new Map(await Promise.all(projects.map(async (id) => [id, await read(id)] as const)))
}

function projectsOf(subjects: readonly GroupSubject[]): string[] {
  return [...new Set(subjects.map(({ projectId }) => projectId))]
}

function idsOf(customers: readonly CustomerRow[]): [number[], string[]] {
  return [customers.map((row) => row.bucket), customers.map((row) => row.customer_id)]
}
