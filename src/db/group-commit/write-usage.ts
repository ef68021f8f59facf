import { type Query, statement } from '../statement.ts'
import { timeOf } from '../wire-values.ts'
import { columnsOf } from './columns-of.ts'
import type { GroupWrites } from './group-state.ts'

const DELETE_OLD = statement(
  'group.delete_old_counters',
  `delete from usage_counters u using unnest($1::smallint[], $2::text[], $3::timestamptz[]) as o (bucket, customer_id, before)
   where u.bucket = o.bucket and u.customer_id = o.customer_id and u.resets_at < o.before`,
)
const SET = statement(
  'group.set_counters',
  `insert into usage_counters (bucket, customer_id, period_key, resets_at, meter, used)
   select * from unnest($1::smallint[], $2::text[], $3::text[], $4::timestamptz[], $5::text[], $6::bigint[])
   on conflict (bucket, customer_id, period_key, meter)
   do update set used = excluded.used, resets_at = excluded.resets_at`,
)

/** Sets each counter to where the last member of the group left it, and forgets old periods. */
export async function writeUsage(
  query: Query,
  { counters, forgotten }: Pick<GroupWrites, 'counters' | 'forgotten'>,
): Promise<void> {
  const last = new Map<string, unknown[]>()
  for (const { ref, period, counters: meters } of counters) {
    for (const [meter, used] of meters) {
      const row = [ref.bucket, ref.customerId, period.key, timeOf(period.resetsAt), meter, used]
      last.set([ref.customerId, period.key, meter].join('\n'), row)
    }
  }
  const old = forgotten.map(({ ref, resetBefore }) => [ref.bucket, ref.customerId, timeOf(resetBefore)])
  await Promise.all([
    old.length > 0 && query(DELETE_OLD, columnsOf(old, 3)),
    last.size > 0 && query(SET, columnsOf([...last.values()], 6)),
  ])
}
