import { describe, expect, it } from 'vitest'
import { actorOf, identityOf, isAllowed, projectOf } from './caller.ts'
import { isTokenShape, isUsable, mayDo, OPERATOR_ROLES, type Operator, type OperatorAction } from './operator.ts'

const ACTIONS: OperatorAction[] = ['read', 'change', 'approve', 'bulk', 'manage']
const anna: Operator = {
  operatorId: 'oper1',
  projectId: 'proj1',
  name: 'Anna',
  role: 'support',
  limits: { maxPerChange: null, maxPerDay: null },
  createdAt: 0,
}

describe('roles', () => {
  it('each may do all that the one before may do, and something more', () => {
    const allowed = OPERATOR_ROLES.map((role) => ACTIONS.filter((action) => mayDo(role, action)))
    expect(allowed).toEqual([
      ['read'],
      ['read', 'change'],
      ['read', 'change', 'approve', 'bulk'],
      ['read', 'change', 'approve', 'bulk', 'manage'],
    ])
  })

  it('the shared secret may do everything, an operator what the role says', () => {
    expect(ACTIONS.every((action) => isAllowed({ kind: 'shared_secret' }, action))).toBe(true)
    expect(isAllowed({ kind: 'operator', operator: anna }, 'change')).toBe(true)
    expect(isAllowed({ kind: 'operator', operator: anna }, 'manage')).toBe(false)
  })
})

it('an operator is booked by id and name, the shared secret as nobody in particular', () => {
  expect(actorOf(identityOf({ kind: 'operator', operator: anna }))).toBe('oper1/Anna')
  expect(actorOf(identityOf({ kind: 'shared_secret' }))).toBe('admin')
  expect([projectOf({ kind: 'operator', operator: anna }), projectOf({ kind: 'shared_secret' })]).toEqual([
    'proj1',
    null,
  ])
})

it('a token is good until its end or its revocation', () => {
  expect(isUsable({ expiresAt: null, revokedAt: null }, 5)).toBe(true)
  expect(isUsable({ expiresAt: 6, revokedAt: null }, 5)).toBe(true)
  expect(isUsable({ expiresAt: 5, revokedAt: null }, 5)).toBe(false)
  expect(isUsable({ expiresAt: null, revokedAt: 9 }, 5)).toBe(false)
})

it('what cannot be a token is not looked up', () => {
  expect(isTokenShape('opt_abc')).toBe(true)
  expect(isTokenShape('sk_abc')).toBe(false)
  expect(isTokenShape(`opt_${'x'.repeat(100)}`)).toBe(false)
})
