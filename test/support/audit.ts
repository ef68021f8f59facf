import { bucketOf } from '../../src/core/lib/bucket.ts'
import type { Database } from '../../src/db/database.ts'
import { statement } from '../../src/db/statement.ts'
import { AUDIT_RULES } from './audit-rules.ts'

/** Rows named per broken rule: enough to see what went wrong, few enough to read. */
const SHOWN_MAX = 5

const KEYS = statement(
  'audit.keys',
  `select 'customer' as kind, bucket, array[project_id, customer_id] as parts from customers
   union all select 'alias', bucket, array[project_id, app_user_id] from customer_aliases
   union all select 'claim', bucket, array[project_id, store, store_purchase_id] from store_claims
   union all select 'ownership', bucket, array[project_id, purchase_id] from purchase_ownerships
   union all select 'incoming event', bucket, array[project_id, event_id] from incoming_events
   union all select 'key', bucket, array[project_id, scope, key] from idempotency_keys
   union all select 'intent', bucket, array[project_id, app_user_id] from credit_intents
   union all select 'intent key', bucket, array[project_id, scope, key] from credit_intent_keys
   union all select 'bulk grant', bucket, array[project_id, bulk_id] from bulk_grants
   union all select 'reference', bucket, array[project_id, kind, value] from wallet_references`,
)

/**
 * Checks everything that must be true of a database whatever happened to it, after any number of parallel requests or
 * crashes. Answers what is broken, in words with the rows concerned; an empty list is a sound database.
 */
export async function auditDatabase(database: Pick<Database, 'query'>): Promise<string[]> {
  const violations: string[] = []
  for (const [index, [rule, sql]] of Object.entries(AUDIT_RULES).entries()) {
    const rows = await database.query<Record<string, unknown>>(statement(`audit.rule_${index}`, sql), [])
    const shown = rows.slice(0, SHOWN_MAX).map((row) => Object.values(row).join(' '))
    if (rows.length > 0) violations.push(`${rule} (${rows.length}): ${shown.join('; ')}`)
  }
  const keys = await database.query<{ kind: string; bucket: number; parts: string[] }>(KEYS, [])
  for (const { kind, bucket, parts } of keys) {
    if (bucketOf(...parts) !== bucket) violations.push(`wrong bucket of ${kind}: ${parts.join(' ')}`)
  }
  return violations
}
