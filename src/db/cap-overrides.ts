import type { CreditsCapChange } from '../core/usage/credits-cap.ts'
import type { TxUsage, UsageReads } from '../usecases/ports/usage.ts'
import { type Query, statement } from './statement.ts'
import { timeOf } from './wire-values.ts'

/** A row of `cap_overrides`, without its key. */
export type CapRow = {
  credits_total: number | null
  reason: string
  actor: string
  request_id: string | null
  merged_from: string | null
  created_at: number
}

export const CAP_COLUMNS = 'credits_total, reason, actor, request_id, merged_from, created_at'

const LATEST = statement(
  'cap_overrides.latest',
  `select ${CAP_COLUMNS} from cap_overrides
   where bucket = $1 and customer_id = $2 order by number desc limit $3`,
)
const INSERT = statement(
  'cap_overrides.insert',
  `insert into cap_overrides
     (bucket, customer_id, number, credits_total, reason, actor, request_id, merged_from, created_at)
   values ($1, $2, (select coalesce(max(number), 0) + 1 from cap_overrides where bucket = $1 and customer_id = $2),
     $3, $4, $5, $6, $7, $8)`,
)

export function readCreditsCaps(query: Query): UsageReads['creditsCaps'] {
  return async (ref, limit) => (await query<CapRow>(LATEST, [ref.bucket, ref.customerId, limit])).map(capFromRow)
}

export function insertCreditsCap(query: Query): TxUsage['insertCreditsCap'] {
  return async (ref, { creditsTotal, reason, actor, requestId, mergedFrom, createdAt }) => {
    const facts = [creditsTotal, reason, actor, requestId, mergedFrom, timeOf(createdAt)]
    await query(INSERT, [ref.bucket, ref.customerId, ...facts])
  }
}

export function capFromRow(row: CapRow): CreditsCapChange {
  return {
    creditsTotal: row.credits_total,
    reason: row.reason,
    actor: row.actor,
    requestId: row.request_id,
    mergedFrom: row.merged_from,
    createdAt: row.created_at,
  }
}
