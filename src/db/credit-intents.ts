import { bucketOf } from '../core/lib/bucket.ts'
import type { CreditIntentReads, IntentKey, IntentRef, TxCreditIntents } from '../usecases/ports/credit-intents.ts'
import {
  attemptValues,
  INTENT_COLUMNS,
  type IntentRow,
  intendedValues,
  intentFromRow,
  refFromRow,
} from './credit-intent-rows.ts'
import { type Query, statement } from './statement.ts'
import { timeOf } from './wire-values.ts'

const WHERE_REF = 'where i.bucket = $1 and i.project_id = $2 and i.app_user_id = $3 and i.intent_id = $4'
const FIND = statement(
  'credit_intents.find',
  `select ${INTENT_COLUMNS} from credit_intents i where i.intent_id = $2 and i.project_id = $1 limit 1`,
)
const LOCK = statement('credit_intents.lock', `select ${INTENT_COLUMNS} from credit_intents i ${WHERE_REF} for update`)
const BY_KEY = statement(
  'credit_intents.by_key',
  `select ${INTENT_COLUMNS} from credit_intent_keys k
   join credit_intents i on i.project_id = k.project_id and i.app_user_id = k.app_user_id and i.intent_id = k.intent_id
   where k.bucket = $1 and k.project_id = $2 and k.scope = $3 and k.key = $4`,
)
const STANDING_REVERSALS = statement(
  'credit_intents.standing_reversals',
  `select r.intent_id from credit_intents r where r.reverses_intent_id = $1 and r.status <> 'failed'`,
)
const DUE = statement(
  'credit_intents.due',
  `select project_id, app_user_id, intent_id from credit_intents
   where due_at <= $2 and upstream_project_id = $1 and (leased_until_at is null or leased_until_at <= $2)
   order by due_at limit $3`,
)
const HISTORY = statement(
  'credit_intents.history',
  `select ${INTENT_COLUMNS}, (select r.intent_id from credit_intents r where r.reverses_intent_id = i.intent_id
     and r.status <> 'failed' limit 1) as reversed_by
   from credit_intents i where i.bucket = $1 and i.project_id = $2 and i.app_user_id = $3
     and ($5::text is null or i.intent_id < $5) and ($6::boolean is null or (i.reverses_intent_id is not null) = $6)
     and ($7::text is null or i.currency = $7) and ($8::timestamptz is null or i.created_at >= $8)
     and ($9::timestamptz is null or i.created_at < $9)
   order by i.intent_id desc limit $4`,
)
const CLAIM_KEY = statement(
  'credit_intent_keys.claim',
  `insert into credit_intent_keys (bucket, project_id, scope, key, app_user_id, intent_id)
   values ($1, $2, $3, $4, $5, $6) on conflict do nothing returning 1`,
)
const REPOINT_KEY = statement(
  'credit_intent_keys.repoint',
  `update credit_intent_keys set app_user_id = $5, intent_id = $6
   where bucket = $1 and project_id = $2 and scope = $3 and key = $4`,
)
const INSERT = statement(
  'credit_intents.insert',
  `insert into credit_intents (bucket, project_id, app_user_id, intent_id, upstream_project_id, currency, amount, reason,
     actor, request_id, idempotency_key, reverses_intent_id, created_at, status, attempts, is_uncertain, last_error,
     balance_after, leased_until_at, due_at, settled_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)`,
)
const UPDATE = statement(
  'credit_intents.update',
  `update credit_intents i set status = $5, attempts = $6, is_uncertain = $7, last_error = $8, balance_after = $9,
     leased_until_at = $10, due_at = $11, settled_at = $12 ${WHERE_REF}`,
)

export function creditIntentReads(query: Query): CreditIntentReads {
  return {
    ...lookups(query),
    async due(upstreamProjectId, now, limit) {
      const rows = await query<IntentRow>(DUE, [upstreamProjectId, timeOf(now), limit])
      return rows.map(refFromRow)
    },
    async history({ projectId, userId }, { limit, before, isReversal, currency, since, until }) {
      const filters = [limit, before, isReversal, currency, timeOf(since), timeOf(until)]
      type Row = IntentRow & { reversed_by: string | null }
      const rows = await query<Row>(HISTORY, [bucketOf(projectId, userId), projectId, userId, ...filters])
      return rows.map((row) => ({ ...intentFromRow(row), reversedBy: row.reversed_by }))
    },
  }
}

export function creditIntentRows(query: Query): TxCreditIntents {
  return {
    ...lookups(query),
    async claimKey(key, intent) {
      const claimed = await query(CLAIM_KEY, [...keyValues(key), intent.userId, intent.intentId])
      return claimed.length === 1
    },
    async repointKey(key, intent) {
      await query(REPOINT_KEY, [...keyValues(key), intent.userId, intent.intentId])
    },
    async insert(intent) {
      await query(INSERT, [...refValues(intent), ...intendedValues(intent), ...attemptValues(intent)])
    },
    async lock(ref) {
      const [row] = await query<IntentRow>(LOCK, refValues(ref))
      return row === undefined ? null : intentFromRow(row)
    },
    async update(intent) {
      await query(UPDATE, [...refValues(intent), ...attemptValues(intent)])
    },
  }
}

function lookups(query: Query): Pick<CreditIntentReads, 'find' | 'byKey' | 'standingReversals'> {
  return {
    async find(projectId, intentId) {
      const [row] = await query<IntentRow>(FIND, [projectId, intentId])
      return row === undefined ? null : intentFromRow(row)
    },
    async byKey(key) {
      const [row] = await query<IntentRow>(BY_KEY, keyValues(key))
      return row === undefined ? null : intentFromRow(row)
    },
    async standingReversals(intentId) {
      const rows = await query<{ intent_id: string }>(STANDING_REVERSALS, [intentId])
      return rows.map((row) => row.intent_id)
    },
  }
}

function refValues({ projectId, userId, intentId }: IntentRef): unknown[] {
  return [bucketOf(projectId, userId), projectId, userId, intentId]
}

function keyValues({ projectId, scope, key }: IntentKey): unknown[] {
  return [bucketOf(projectId, scope, key), projectId, scope, key]
}
