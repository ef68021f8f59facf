import { DAY_MS, SECOND_MS } from '../../src/core/lib/clock.ts'
import type { RestoreBehavior } from '../../src/core/projects/project.ts'
import type { StoreAction, TesterAction } from '../../src/usecases/ports/stores.ts'
import type { Random } from '../simulation/random.ts'

/** What somebody does. A purchase that was made earlier is named by its place in the order of buying. */
export type Deed =
  | { kind: 'wait' }
  | { kind: 'buy'; user: string; storeProductId: string; uuid: string; isShared: boolean }
  | { kind: 'post'; user: string; which: number; isRestore: boolean }
  | { kind: 'log_in'; anonymousId: string; user: string }
  | { kind: 'rule'; behavior: RestoreBehavior }
  | { kind: 'act'; which: number; order: StoreOrder }

/** An action whose times and charges are counted from the purchase that it is done to. */
export type StoreOrder =
  | Exclude<StoreAction | TesterAction, { kind: 'defer' | 'refund' }>
  | { kind: 'defer'; days: number }
  | { kind: 'refund'; charge: number }

export type LifeStep = { afterMs: number; deed: Deed }

/** Enough for a chain to change hands, fail, be refunded and come back. */
const STEPS_MAX = 40

const PEOPLE = ['anna', 'ben', 'carl']
const DEVICES = ['0', '1'].map((digit) => `$RCAnonymousID:${digit.repeat(32)}`)
const SUBSCRIPTIONS = ['pro_monthly', 'pro_annual', 'plus_monthly']
const RULES: RestoreBehavior[] = ['transfer', 'transfer', 'transfer_if_no_active_subs', 'share', 'error']

/** The steps of a few people and their devices. It begins with somebody who buys. */
export function drawLife(random: Random): LifeStep[] {
  const steps: LifeStep[] = [{ afterMs: SECOND_MS, deed: purchase(random) }]
  const count = random.between(5, STEPS_MAX)
  while (steps.length < count) {
    // Never at an instant at which something is over: whether it still is then depends on who looked.
    const afterMs = random.pick([0, 1, 3, 10, 31, 70]) * DAY_MS + random.between(1, 900) * SECOND_MS
    steps.push({ afterMs, deed: deed(random) })
  }
  return steps
}

function deed(random: Random): Deed {
  const kind = random.weighted({ wait: 3, buy: 2, post: 4, log_in: 2, rule: 1, act: 12 })
  const user = random.pick([...PEOPLE, ...DEVICES])
  const which = random.between(0, 5)
  switch (kind) {
    case 'buy':
      return purchase(random)
    case 'post':
      return { kind, user, which, isRestore: random.chance(0.5) }
    case 'log_in':
      return { kind, anonymousId: random.pick(DEVICES), user: random.pick(PEOPLE) }
    case 'rule':
      return { kind, behavior: random.pick(RULES) }
    case 'act':
      return { kind, which, order: order(random) }
    case 'wait':
      return { kind }
  }
}

function purchase(random: Random): Deed {
  const digits = () => random.between(0, 0xffff).toString(16).padStart(4, '0')
  const parts = [digits() + digits(), digits(), digits(), digits(), digits() + digits() + digits()]
  return {
    kind: 'buy',
    user: random.pick([...PEOPLE, ...DEVICES]),
    storeProductId: random.pick([...SUBSCRIPTIONS, ...SUBSCRIPTIONS, 'credits_500']),
    uuid: parts.join('-'),
    isShared: random.chance(0.15),
  }
}

function order(random: Random): StoreOrder {
  const simple = [
    ...(['renew', 'cancel', 'unsubscribe', 'uncancel', 'give_up_billing', 'refund_latest', 'reverse_refund'] as const),
    ...(['revoke', 'withdraw_change', 'ask_price_consent', 'give_price_consent', 'end_family_sharing'] as const),
  ].map((kind) => ({ kind }))
  return random.pick<StoreOrder>([
    ...simple,
    { kind: 'fail_billing', graceDays: random.pick([0, 0, 6, 16]) },
    { kind: 'extend', days: random.between(1, 90), reasonCode: 0 },
    { kind: 'defer', days: random.between(1, 300) },
    { kind: 'pause', days: random.between(1, 60) },
    { kind: 'refund_part', percent: random.between(1, 100) },
    { kind: 'refund', charge: random.between(1, 4) },
    ...[true, false].map((isAtRenewal) => ({
      kind: 'change_product' as const,
      storeProductId: random.pick(SUBSCRIPTIONS),
      isAtRenewal,
    })),
  ])
}
