import { assert } from '../core/lib/assert.ts'
import type { Approval, ApprovalDecision } from '../core/operators/approval.ts'
import type { ApprovalReads, TxApprovals } from '../usecases/ports/operators.ts'
import { type Query, statement } from './statement.ts'
import { timeOf } from './wire-values.ts'

type ApprovalRow = {
  approval_id: string
  project_id: string
  user_id: string
  currency: string
  amount: number
  reason: string
  idempotency_key: string | null
  requested_by: string
  requested_by_name: string | null
  created_at: number
  expires_at: number
  decision: 'approved' | 'rejected' | null
  decided_by: string | null
  decided_by_name: string | null
  decided_at: number | null
  decision_reason: string | null
  transaction_id: string | null
  balance: number | null
}

const GET = statement('approvals.get', 'select * from approvals where project_id = $1 and approval_id = $2')
const LOCK = statement('approvals.lock', `${GET.text} for update`)
const LIST = statement(
  'approvals.list',
  `select * from approvals where project_id = $1 and ($2::text is null or approval_id < $2)
   and case $3::text when 'pending' then decision is null and expires_at > $4
     when 'expired' then decision is null and expires_at <= $4 else $3 is null or decision = $3 end
   order by approval_id desc limit $5`,
)
const COUNT_PENDING = statement(
  'approvals.count_pending',
  `select count(*) from (
     select from approvals where project_id = $1 and decision is null and expires_at > $2 limit $3) a`,
)
const INSERT = statement(
  'approvals.insert',
  `insert into approvals (approval_id, project_id, user_id, currency, amount, reason, idempotency_key, requested_by,
     requested_by_name, created_at, expires_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
)
const DECIDE = statement(
  'approvals.decide',
  `update approvals set decision = $2, decided_by = $3, decided_by_name = $4, decided_at = $5, decision_reason = $6,
     transaction_id = $7, balance = $8 where approval_id = $1 and decision is null returning 1`,
)
const THRESHOLD = statement(
  'projects.approval_threshold',
  'select approval_threshold as threshold from projects where project_id = $1',
)
const SET_THRESHOLD = statement(
  'projects.set_approval_threshold',
  'update projects set approval_threshold = $2 where project_id = $1',
)

export function approvalReads(query: Query): ApprovalReads {
  return {
    async get(projectId, approvalId) {
      const [row] = await query<ApprovalRow>(GET, [projectId, approvalId])
      return row === undefined ? null : approvalFromRow(row)
    },
    async list(projectId, { before, status, now, limit }) {
      return (await query<ApprovalRow>(LIST, [projectId, before, status, timeOf(now), limit])).map(approvalFromRow)
    },
    threshold: readThreshold(query),
  }
}

export function approvalRows(query: Query): TxApprovals {
  return {
    threshold: readThreshold(query),
    async lock(projectId, approvalId) {
      const [row] = await query<ApprovalRow>(LOCK, [projectId, approvalId])
      return row === undefined ? null : approvalFromRow(row)
    },
    async countPending(projectId, now, limit) {
      return (await query<{ count: number }>(COUNT_PENDING, [projectId, timeOf(now), limit]))[0]?.count ?? 0
    },
    async insert(approval) {
      await query(INSERT, [
        approval.approvalId,
        approval.projectId,
        approval.userId,
        approval.currency,
        approval.amount,
        approval.reason,
        approval.idempotencyKey,
        approval.requestedBy.id,
        approval.requestedBy.name,
        timeOf(approval.createdAt),
        timeOf(approval.expiresAt),
      ])
    },
    async decide({ approvalId, decision }) {
      assert(decision !== null, 'a decision is written once it is made')
      const reason = decision.kind === 'rejected' ? decision.reason : null
      const done = decision.kind === 'approved' ? [decision.transactionId, decision.balance] : [null, null]
      const who = [decision.kind, decision.by.id, decision.by.name, timeOf(decision.decidedAt)]
      const decided = await query(DECIDE, [approvalId, ...who, reason, ...done])
      assert(decided.length === 1, 'a request is decided once')
    },
    async setThreshold(projectId, threshold) {
      await query(SET_THRESHOLD, [projectId, threshold])
    },
  }
}

/** Above which amount a change of a project needs a second person; null when never. */
export function readThreshold(query: Query): ApprovalReads['threshold'] {
  return async (projectId) => {
    const [row] = await query<{ threshold: number | null }>(THRESHOLD, [projectId])
    return row?.threshold ?? null
  }
}

function approvalFromRow(row: ApprovalRow): Approval {
  return {
    approvalId: row.approval_id,
    projectId: row.project_id,
    userId: row.user_id,
    currency: row.currency,
    amount: row.amount,
    reason: row.reason,
    idempotencyKey: row.idempotency_key,
    requestedBy: { id: row.requested_by, name: row.requested_by_name },
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    decision: decisionFromRow(row),
  }
}

/** The table's checks see to it that what belongs to a decision is there with it. */
function decisionFromRow(row: ApprovalRow): ApprovalDecision | null {
  if (row.decision === null) return null
  const made = { by: { id: row.decided_by as string, name: row.decided_by_name }, decidedAt: row.decided_at as number }
  if (row.decision === 'rejected') return { ...made, kind: 'rejected', reason: row.decision_reason as string }
  return { ...made, kind: 'approved', transactionId: row.transaction_id as string, balance: row.balance as number }
}
