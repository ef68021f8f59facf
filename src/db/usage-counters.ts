import type { CustomerRef } from '../core/customers/customer.ts'
import type { Period } from '../core/usage/period.ts'
import type { TxUsage, UsageReads } from '../usecases/ports/usage.ts'
import { type Query, statement } from './statement.ts'
import { timeOf } from './wire-values.ts'

type CounterRow = { period_key: string; meter: string; used: number; resets_at: number }

const OF_PERIOD = statement(
  'usage_counters.of_period',
  'select meter, used from usage_counters where bucket = $1 and customer_id = $2 and period_key = $3',
)
const SET = statement(
  'usage_counters.set',
  `insert into usage_counters (bucket, customer_id, period_key, resets_at, meter, used)
   select $1, $2, $3, $4, t.meter, t.used from unnest($5::text[], $6::bigint[]) as t (meter, used)
   on conflict (bucket, customer_id, period_key, meter)
   do update set used = excluded.used, resets_at = excluded.resets_at`,
)
const DELETE_OLD = statement(
  'usage_counters.delete_old',
  'delete from usage_counters where bucket = $1 and customer_id = $2 and resets_at < $3',
)
const TAKE_ALL = statement(
  'usage_counters.take_all',
  `delete from usage_counters where bucket = $1 and customer_id = $2
   returning period_key, meter, used, resets_at`,
)
const ADD = statement(
  'usage_counters.add',
  `insert into usage_counters (bucket, customer_id, period_key, resets_at, meter, used)
   select $1, $2, t.period_key, t.resets_at, t.meter, t.used
   from unnest($3::text[], $4::timestamptz[], $5::text[], $6::bigint[]) as t (period_key, resets_at, meter, used)
   on conflict (bucket, customer_id, period_key, meter) do update set used = usage_counters.used + excluded.used`,
)

export function readCounters(query: Query): UsageReads['counters'] {
  return async (ref, periodKey) => {
    const rows = await query<CounterRow>(OF_PERIOD, [ref.bucket, ref.customerId, periodKey])
    return new Map(rows.map(({ meter, used }) => [meter, used]))
  }
}

export function counterRows(
  query: Query,
): Omit<TxUsage, 'config' | 'insertConfig' | 'creditsCaps' | 'insertCreditsCap'> {
  return {
    counters: readCounters(query),
    async setCounters(ref: CustomerRef, period: Period, counters: ReadonlyMap<string, number>) {
      if (counters.size === 0) return
      const meters = [...counters.keys()]
      const used = [...counters.values()]
      await query(SET, [ref.bucket, ref.customerId, period.key, timeOf(period.resetsAt), meters, used])
    },
    async deleteCountersBefore(ref, resetBefore) {
      await query(DELETE_OLD, [ref.bucket, ref.customerId, timeOf(resetBefore)])
    },
    async moveCounters(from, to) {
      const taken = await query<CounterRow>(TAKE_ALL, [from.bucket, from.customerId])
      if (taken.length === 0) return
      await query(ADD, [
        to.bucket,
        to.customerId,
        taken.map((row) => row.period_key),
        taken.map((row) => timeOf(row.resets_at)),
        taken.map((row) => row.meter),
        taken.map((row) => row.used),
      ])
    },
  }
}
