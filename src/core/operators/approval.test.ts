import { expect, it } from 'vitest'
import { APPROVAL_LIFE_MS, type Approval, judgeApprover, judgeOpen, needsApproval, statusOf } from './approval.ts'

const NOW = Date.parse('2026-05-04T12:00:00Z')
const request: Approval = {
  approvalId: 'appr1',
  projectId: 'proj1',
  userId: 'user1',
  currency: 'CRD',
  amount: -5_000,
  reason: 'ZD-1',
  idempotencyKey: null,
  requestedBy: { id: 'oper1', name: 'Anna' },
  createdAt: NOW,
  expiresAt: NOW + APPROVAL_LIFE_MS,
  decision: null,
}
const ben = { id: 'oper2', name: 'Ben' }

it('only what is above the threshold waits, grants and deductions alike', () => {
  expect([100, -100, 101, -101].map((amount) => needsApproval(amount, 100))).toEqual([false, false, true, true])
  expect(needsApproval(2_000_000_000, null)).toBe(false)
  expect(needsApproval(1, 0)).toBe(true)
})

it('a second person agrees, and never the one who asked', () => {
  expect(judgeApprover(request, ben, NOW)).toEqual({ ok: true, value: null })
  expect(judgeApprover(request, { id: 'oper1', name: 'Anna' }, NOW)).toEqual({
    ok: false,
    refusal: { code: 'second_operator_required' },
  })
  const bySecret = { ...request, requestedBy: { id: 'admin', name: null } }
  expect(judgeApprover(bySecret, { id: 'admin', name: null }, NOW).ok).toBe(false)
  expect(judgeApprover(bySecret, ben, NOW).ok).toBe(true)
})

it('a request is over after seven days to the millisecond, and when it was decided', () => {
  expect(statusOf(request, NOW + APPROVAL_LIFE_MS - 1)).toBe('pending')
  expect(judgeOpen(request, NOW + APPROVAL_LIFE_MS)).toEqual({
    ok: false,
    refusal: { code: 'approval_closed', status: 'expired' },
  })
  const decision = { kind: 'rejected', by: ben, decidedAt: NOW, reason: 'no ticket' } as const
  expect(judgeApprover({ ...request, decision }, ben, NOW)).toEqual({
    ok: false,
    refusal: { code: 'approval_closed', status: 'rejected' },
  })
})
