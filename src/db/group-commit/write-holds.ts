import type { Hold } from '../../core/wallet/hold.ts'
import { HOLD_COLUMNS, holdToValues } from '../holds.ts'
import { type Query, statement } from '../statement.ts'
import { columnsOf } from './columns-of.ts'
import type { GroupWrites } from './group-state.ts'

const SAVE_HOLDS = statement(
  'group.save_holds',
  `insert into wallet_holds (bucket, customer_id, ${HOLD_COLUMNS})
   select * from unnest($1::smallint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[],
     $8::bigint[], $9::text[], $10::text[], $11::timestamptz[], $12::timestamptz[], $13::timestamptz[])
   on conflict (bucket, customer_id, hold_id) do update set status = excluded.status, captured = excluded.captured,
   expires_at = excluded.expires_at, closed_at = excluded.closed_at`,
)

/** Saves each hold as the last member of the group left it. */
export async function writeHolds(query: Query, holds: GroupWrites['holds']): Promise<void> {
  if (holds.length === 0) return
  const last = new Map(holds.map((one): [string, (typeof holds)[number]] => [one.hold.holdId, one]))
  const row = ({ ref, hold }: { ref: { bucket: number; customerId: string }; hold: Hold }) => [
    ref.bucket,
    ref.customerId,
    ...holdToValues(hold),
  ]
  await query(SAVE_HOLDS, columnsOf([...last.values()].map(row), 13))
}
