import { ConflictError } from '../../core/lib/conflict-error.ts'
import { toldOutside } from '../../core/webhooks/told-outside.ts'
import { eventIdOf } from '../event-id.ts'
import { keyValues } from '../idempotency.ts'
import { type Query, statement } from '../statement.ts'
import { timeOf } from '../wire-values.ts'
import { columnsOf } from './columns-of.ts'
import { type GroupWrites, keyTextOf, type MovedCustomer } from './group-state.ts'
import { writeHolds } from './write-holds.ts'
import { writeLedger } from './write-ledger.ts'
import { writeProjections } from './write-projections.ts'
import { writeUsage } from './write-usage.ts'

const INSERT_KEYS = statement(
  'group.insert_keys',
  `insert into idempotency_keys (bucket, project_id, scope, key, fingerprint, answer, created_at)
   select * from unnest($1::smallint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::json[], $7::timestamptz[])
   on conflict do nothing returning 1`,
)
const MOVE_CUSTOMERS = statement(
  'group.move_customers',
  `update customers c set revision = m.revision, ledger_sequence = m.sequence, ledger_hash = m.hash
   from unnest($1::smallint[], $2::text[], $3::bigint[], $4::bigint[], $5::text[], $6::bigint[], $7::bigint[], $8::text[])
     as m (bucket, customer_id, old_revision, old_sequence, old_hash, revision, sequence, hash)
   where c.bucket = m.bucket and c.customer_id = m.customer_id and c.revision = m.old_revision
     and c.ledger_sequence = m.old_sequence and c.ledger_hash = m.old_hash returning 1`,
)
/** A fact with a key that is known already is no matter for a group: the write goes alone, and finds that out there. */
const INSERT_EVENTS = statement(
  'group.insert_events',
  `insert into events (bucket, customer_id, event_id, project_id, revision, type, occurred_at, data, ordinal, waits)
   select e.bucket, e.customer_id, e.event_id, e.project_id, e.revision, e.type, e.occurred_at, e.data, e.ordinal, e.waits
   from (
     select u.*, u.telling = 'always' or (u.telling in ('if_asked', 'kept_if_asked')
       and u.project_id = any (array(select project_id from projects where tells_api_events))) as waits
     from unnest($1::smallint[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::text[], $7::timestamptz[],
       $8::jsonb[], $9::smallint[], $10::text[])
       as u (bucket, customer_id, event_id, project_id, revision, type, occurred_at, data, ordinal, telling)) e
   where e.waits or e.telling <> 'kept_if_asked'`,
)

/**
 * Writes everything that the members of a group want, table by table, in one round trip. Guarded: when a customer is not
 * as it was read, or a key was taken in parallel, nothing of the group may be committed.
 */
export async function writeGroup(
  query: Query,
  moved: readonly MovedCustomer[],
  writes: GroupWrites,
  newEventId: () => string,
): Promise<void> {
  const [keys, customers] = await Promise.all([
    insertKeys(query, writes),
    moveCustomers(query, moved),
    writeLedger(query, writes.transactions),
    writeProjections(query, moved, writes.transactions),
    writeHolds(query, writes.holds),
    writeUsage(query, writes),
    insertEvents(query, writes, newEventId),
  ])
  if (keys !== writes.keys.length) throw new ConflictError('a parallel request used the same idempotency key')
  if (customers !== moved.length) throw new ConflictError('a locked customer was changed by somebody else')
}

/** In the order of the keys, so that two groups with the same keys wait for each other in one direction only. */
async function insertKeys(query: Query, { keys }: GroupWrites): Promise<number> {
  if (keys.length === 0) return 0
  const rows = keys
    .map(({ key, record, createdAt }) => ({ text: keyTextOf(key), key, record, createdAt }))
    .sort((one, other) => (one.text < other.text ? -1 : 1))
    .map(({ key, record, createdAt }) => [
      ...keyValues(key),
      record.fingerprint,
      JSON.stringify(record.answer),
      timeOf(createdAt),
    ])
  return (await query(INSERT_KEYS, columnsOf(rows, 7))).length
}

async function moveCustomers(query: Query, moved: readonly MovedCustomer[]): Promise<number> {
  if (moved.length === 0) return 0
  const rows = moved.map(({ before, after }) => [
    before.customer.bucket,
    before.customer.customerId,
    before.customer.revision,
    before.head.sequence,
    before.head.hash,
    after.customer.revision,
    after.head.sequence,
    after.head.hash,
  ])
  return (await query(MOVE_CUSTOMERS, columnsOf(rows, 8))).length
}

async function insertEvents(query: Query, { changes }: GroupWrites, newEventId: () => string): Promise<void> {
  const rows = changes.flatMap(({ ref, change, events }) =>
    events.map((event, ordinal) => [
      ref.bucket,
      ref.customerId,
      eventIdOf(ref.projectId, event, newEventId),
      ref.projectId,
      change.revision,
      event.type,
      timeOf(change.occurredAt),
      JSON.stringify(event.data),
      ordinal,
      toldOutside(event),
    ]),
  )
  if (rows.length > 0) await query(INSERT_EVENTS, columnsOf(rows, 10))
}
