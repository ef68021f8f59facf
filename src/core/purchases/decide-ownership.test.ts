import { describe, expect, test } from 'vitest'
import { RESTORE_BEHAVIORS, type RestoreBehavior } from '../projects/project.ts'
import { decideOwnership, type OwnershipPlan, type OwnershipQuestion } from './decide-ownership.ts'

const QUESTION: OwnershipQuestion = {
  ownerIsAnonymous: false,
  isActiveSubscription: false,
  environment: 'production',
  isRestore: false,
  settings: { project: 'transfer', sandbox: null, owner: null },
}

const BOOLEANS = [true, false]

/** The table of the documentation: behaviour, then the plan by [active subscription, restore]. */
const TABLE: Record<RestoreBehavior, Record<`${boolean} ${boolean}`, OwnershipPlan>> = {
  transfer: { 'true true': 'transfer', 'true false': 'transfer', 'false true': 'transfer', 'false false': 'transfer' },
  transfer_if_no_active_subs: {
    'true true': 'refuse',
    'true false': 'refuse',
    'false true': 'transfer',
    'false false': 'transfer',
  },
  error: { 'true true': 'refuse', 'true false': 'refuse', 'false true': 'refuse', 'false false': 'refuse' },
  share: { 'true true': 'alias', 'true false': 'refuse', 'false true': 'alias', 'false false': 'refuse' },
}

/** Every combination of what is set where, kind of purchase and kind of call; `owner` cannot be `share`. */
function everyQuestion(): OwnershipQuestion[] {
  const questions: OwnershipQuestion[] = []
  for (const ownerIsAnonymous of BOOLEANS) {
    for (const isActiveSubscription of BOOLEANS) {
      for (const isRestore of BOOLEANS) {
        for (const environment of ['production', 'sandbox'] as const) {
          for (const project of RESTORE_BEHAVIORS) {
            for (const sandbox of [null, ...RESTORE_BEHAVIORS]) {
              for (const owner of [null, 'transfer', 'transfer_if_no_active_subs', 'error'] as const) {
                const settings = { project, sandbox, owner }
                questions.push({ ownerIsAnonymous, isActiveSubscription, isRestore, environment, settings })
              }
            }
          }
        }
      }
    }
  }
  return questions
}

describe('in every combination of owner, setting, override, activity, call and environment', () => {
  const questions = everyQuestion()

  test('there are all of them', () => {
    expect(questions).toHaveLength(2 * 2 * 2 * 2 * 4 * 5 * 4)
  })

  test('an owner that nobody has logged in to and the poster become one customer', () => {
    for (const question of questions.filter(({ ownerIsAnonymous }) => ownerIsAnonymous)) {
      expect(decideOwnership(question)).toEqual({ plan: 'alias', rule: { source: 'anonymous_owner', behavior: null } })
    }
  })

  test("the owner's behaviour decides, else the one for sandbox purchases, else the project's", () => {
    for (const question of questions.filter(({ ownerIsAnonymous }) => !ownerIsAnonymous)) {
      const { settings, environment, isActiveSubscription, isRestore } = question
      const ofSandbox = environment === 'sandbox' ? settings.sandbox : null
      const behavior = settings.owner ?? ofSandbox ?? settings.project
      const source = settings.owner !== null ? 'customer' : ofSandbox !== null ? 'sandbox_setting' : 'project_setting'
      const plan = TABLE[behavior][`${isActiveSubscription} ${isRestore}`]
      expect(decideOwnership(question), JSON.stringify(question)).toEqual({ plan, rule: { source, behavior } })
    }
  })
})

test('a setting for sandbox purchases leaves the others alone', () => {
  const settings = { project: 'error', sandbox: 'transfer', owner: null } as const
  expect(decideOwnership({ ...QUESTION, settings }).plan).toBe('refuse')
  expect(decideOwnership({ ...QUESTION, settings, environment: 'sandbox' }).plan).toBe('transfer')
})
