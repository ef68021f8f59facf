import { expect, test } from 'vitest'
import type { RestoreBehavior } from '../projects/project.ts'
import { decideOwnership, type OwnershipPlan } from './decide-ownership.ts'

const BEHAVIORS: RestoreBehavior[] = ['transfer', 'transfer_if_no_active_subs', 'error']

test.each(BEHAVIORS)('an anonymous owner and the poster become one customer, whatever the setting: %s', (behavior) => {
  for (const isActiveSubscription of [true, false]) {
    expect(decideOwnership({ ownerIsAnonymous: true, isActiveSubscription, behavior })).toBe('alias')
  }
})

test.each<[RestoreBehavior, boolean, OwnershipPlan]>([
  ['transfer', true, 'transfer'],
  ['transfer', false, 'transfer'],
  ['transfer_if_no_active_subs', true, 'refuse'],
  ['transfer_if_no_active_subs', false, 'transfer'],
  ['error', true, 'refuse'],
  ['error', false, 'refuse'],
])('of an identified owner, with %s and an active subscription %s: %s', (behavior, isActiveSubscription, plan) => {
  expect(decideOwnership({ ownerIsAnonymous: false, isActiveSubscription, behavior })).toBe(plan)
})
