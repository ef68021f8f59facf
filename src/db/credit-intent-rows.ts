import type { CreditIntent, IntentRef, IntentStatus } from '../usecases/ports/credit-intents.ts'
import { timeOf } from './wire-values.ts'

export type IntentRow = {
  project_id: string
  app_user_id: string
  intent_id: string
  upstream_project_id: string
  currency: string
  amount: number
  reason: string
  actor: string
  request_id: string
  idempotency_key: string | null
  reverses_intent_id: string | null
  status: IntentStatus
  attempts: number
  is_uncertain: boolean
  last_error: string | null
  balance_after: number | null
  leased_until_at: number | null
  due_at: number | null
  created_at: number
  settled_at: number | null
}

/** The columns of `credit_intents i`, without the bucket. */
export const INTENT_COLUMNS = `i.project_id, i.app_user_id, i.intent_id, i.upstream_project_id, i.currency, i.amount, i.reason,
  i.actor, i.request_id, i.idempotency_key, i.reverses_intent_id, i.status, i.attempts, i.is_uncertain, i.last_error,
  i.balance_after, i.leased_until_at, i.due_at, i.created_at, i.settled_at`

export function intentFromRow(row: IntentRow): CreditIntent {
  return {
    ...refFromRow(row),
    upstreamProjectId: row.upstream_project_id,
    currency: row.currency,
    amount: row.amount,
    reason: row.reason,
    actor: row.actor,
    requestId: row.request_id,
    idempotencyKey: row.idempotency_key,
    reversesIntentId: row.reverses_intent_id,
    status: row.status,
    attempts: row.attempts,
    isUncertain: row.is_uncertain,
    lastError: row.last_error,
    balanceAfter: row.balance_after,
    leasedUntilAt: row.leased_until_at,
    dueAt: row.due_at,
    createdAt: row.created_at,
    settledAt: row.settled_at,
  }
}

export function refFromRow(row: Pick<IntentRow, 'project_id' | 'app_user_id' | 'intent_id'>): IntentRef {
  return { projectId: row.project_id, userId: row.app_user_id, intentId: row.intent_id }
}

/** What was intended: written once, in the order of the columns. */
export function intendedValues(intent: CreditIntent): unknown[] {
  return [
    intent.upstreamProjectId,
    intent.currency,
    intent.amount,
    intent.reason,
    intent.actor,
    intent.requestId,
    intent.idempotencyKey,
    intent.reversesIntentId,
    timeOf(intent.createdAt),
  ]
}

/** What attempts change, in the order of the columns. */
export function attemptValues(intent: CreditIntent): unknown[] {
  return [
    intent.status,
    intent.attempts,
    intent.isUncertain,
    intent.lastError,
    intent.balanceAfter,
    timeOf(intent.leasedUntilAt),
    timeOf(intent.dueAt),
    timeOf(intent.settledAt),
  ]
}
