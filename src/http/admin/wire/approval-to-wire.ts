import { type Static, Type } from 'typebox'
import { APPROVAL_STATUSES, type Approval, type ApprovalStatus, statusOf } from '../../../core/operators/approval.ts'
import type { AdminIdentity } from '../../../core/operators/caller.ts'
import type { RequestedAdjust } from '../../../usecases/operators/adjust-as-operator.ts'
import { dryRunMark } from './dry-run.ts'

/** Accepted, and not done yet. */
export const REQUESTED_STATUS = 202

const orNull = <Schema extends ReturnType<typeof Type.String | typeof Type.Integer>>(schema: Schema) =>
  Type.Union([schema, Type.Null()])
const time = Type.String({ format: 'date-time' })

const asked = {
  approval_id: Type.String({ examples: ['appr019a5c0d1e2f0003a1b2c3d4e5f60718'] }),
  user_id: Type.String(),
  currency: Type.String(),
  amount: Type.Integer(),
  reason: Type.String(),
  idempotency_key: orNull(Type.String()),
  created_at: time,
  expires_at: Type.String({ format: 'date-time', description: 'When nobody can agree to it any more.' }),
}

const IdentityWire = Type.Object({
  id: Type.String({ description: "An operator's id, or `admin` for the shared secret." }),
  name: orNull(Type.String()),
})

export const RequestedWire = Type.Object(
  { status: Type.Literal('pending_approval'), ...asked, replayed: Type.Boolean(), ...dryRunMark },
  { description: 'The change was not made: a second person has to agree to it.' },
)

const approvalFields = {
  status: Type.Unsafe<ApprovalStatus>(Type.Union(APPROVAL_STATUSES.map((status) => Type.Literal(status)))),
  ...asked,
  requested_by: IdentityWire,
  decided_by: Type.Union([IdentityWire, Type.Null()]),
  decided_at: orNull(time),
  decision_reason: orNull(Type.String({ description: 'Why it was rejected.' })),
  transaction_id: orNull(Type.String({ description: 'The ledger transaction that it became.' })),
  balance: orNull(Type.Integer({ description: 'Right after it was done.' })),
}

export const ApprovalWire = Type.Object(approvalFields, { description: 'A change that needs two people.' })

export const ApprovedWire = Type.Object(
  { ...approvalFields, replayed: Type.Boolean({ description: 'Whether it had been done already.' }) },
  { description: 'The change was made.' },
)

function askedToWire(approval: Approval) {
  return {
    approval_id: approval.approvalId,
    user_id: approval.userId,
    currency: approval.currency,
    amount: approval.amount,
    reason: approval.reason,
    idempotency_key: approval.idempotencyKey,
    created_at: new Date(approval.createdAt).toISOString(),
    expires_at: new Date(approval.expiresAt).toISOString(),
  }
}

/** A change that waits, as the one who asked for it sees it. */
export function requestedToWire({ requested, replayed }: RequestedAdjust): Static<typeof RequestedWire> {
  return { status: 'pending_approval', ...askedToWire(requested), replayed }
}

/** A request as operators see it at an instant. */
export function approvalToWire(approval: Approval, now: number): Static<typeof ApprovalWire> {
  const { decision } = approval
  const approved = decision?.kind === 'approved' ? decision : null
  return {
    status: statusOf(approval, now),
    ...askedToWire(approval),
    requested_by: identityToWire(approval.requestedBy),
    decided_by: decision && identityToWire(decision.by),
    decided_at: decision && new Date(decision.decidedAt).toISOString(),
    decision_reason: decision?.kind === 'rejected' ? decision.reason : null,
    transaction_id: approved?.transactionId ?? null,
    balance: approved?.balance ?? null,
  }
}

function identityToWire({ id, name }: AdminIdentity): Static<typeof IdentityWire> {
  return { id, name }
}
