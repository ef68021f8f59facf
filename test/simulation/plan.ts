import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../src/core/lib/clock.ts'
import { type Fault, planFaults } from './faults.ts'
import { type Random, seededRandom } from './random.ts'
import type { JobName, Request, Wish } from './request.ts'
import { CAP, type CURRENCIES, CYCLE_MS, GRANTS } from './shop-fixture.ts'

/** All that a seed decides: who wants what in which order, and what goes wrong. */
export type Plan = {
  seed: number
  /** Names that have a customer from the start. */
  known: string[]
  /** What each client sends, one request after the other. The same request may stand in several places. */
  clients: Request[][]
  /** Every request once. */
  requests: Request[]
  faults: Fault[]
}

const OPERATIONS = { min: 16, max: 50 }
const CLIENTS = { min: 3, max: 6 }
const KEYED = 0.65
const REPEATED = 0.3
const RIVALLED = 0.1
/** How far from the original a repeat may stand, on either side. */
const DISPLACEMENT_MAX = 12
/** So that many of them meet: few names, of which the last is new. */
const NAMES = [
  '$RCAnonymousID:00000000000000000000000000000001',
  '$RCAnonymousID:00000000000000000000000000000002',
  'anna',
  'bert',
  'cleo',
]
const KNOWN_MAX = NAMES.length - 1
/** Answers are kept for a month; the clock must not get there, or a repeat would rightly be a new request. */
const LEAP_MAX_MS = 20 * HOUR_MS

const WISHES = {
  adjust: 24,
  change: 16,
  authorise: 10,
  hold_order: 16,
  reverse: 6,
  consume: 10,
  buy: 9,
  store_word: 4,
  store_action: 9,
  grant: 2,
  revoke: 1,
  delete: 1,
  identify: 5,
  alias: 3,
  job: 12,
  advance: 6,
} as const

const JOBS = {
  lapse_lots: 2,
  expire_holds: 2,
  refresh_purchases: 4,
  forget_answers: 2,
  expire_grants: 1,
  relay_events: 4,
} as const satisfies Record<JobName, number>

export function planOf(seed: number): Plan {
  const random = seededRandom(seed)
  const count = random.between(OPERATIONS.min, OPERATIONS.max)
  const requests: Request[] = []
  const order: Array<{ request: Request; place: number }> = []
  const names = random.fork('names')
  const users = NAMES.slice(names.between(0, 1))
  for (let index = 0; index < count; index++) {
    const wish = newWish(random, users)
    const canBeKeyed = KEYED_KINDS.has(wish.kind)
    const request = { id: `q${index}`, key: canBeKeyed && random.chance(KEYED) ? `key-${index}` : null, wish }
    requests.push(request)
    order.push({ request, place: index })
    if (random.chance(REPEATED)) order.push({ request, place: index + displacement(random) })
    if (request.key === null || !random.chance(RIVALLED)) continue
    const other = otherInput(random, request.wish)
    if (other === null) continue
    const rival = { id: `${request.id}-rival`, key: request.key, wish: other }
    requests.push(rival)
    order.push({ request: rival, place: index + displacement(random) })
  }
  order.sort((one, other) => one.place - other.place)
  const clients: Request[][] = Array.from({ length: random.between(CLIENTS.min, CLIENTS.max) }, () => [])
  for (const { request } of order) if (isSentAgain(request, clients)) random.pick(clients).push(request)
  return {
    seed,
    known: users.filter((name) => name !== NAMES[KNOWN_MAX]),
    clients,
    requests,
    faults: planFaults(random.fork('faults')),
  }
}

const KEYED_KINDS: ReadonlySet<string> = new Set(['adjust', 'change', 'authorise', 'hold_order', 'reverse', 'consume'])

/** A write without a key is sent once: a second time it would rightly be done again. */
function isSentAgain(request: Request, clients: readonly Request[][]): boolean {
  const isUnprotected = request.key === null && KEYED_KINDS.has(request.wish.kind) && request.wish.kind !== 'reverse'
  return !isUnprotected || !clients.some((sent) => sent.includes(request))
}

function displacement(random: Random): number {
  return random.between(-DISPLACEMENT_MAX, DISPLACEMENT_MAX)
}

function newWish(random: Random, users: readonly string[]): Wish {
  const kind = random.weighted(WISHES)
  const user = random.pick(users)
  switch (kind) {
    case 'adjust':
      return { kind, user, currency: newCurrency(random), amount: newAmount(random) }
    case 'change':
      return { kind, user, operation: random.pick(['transactions', 'update_balance']), amounts: newAmounts(random) }
    case 'authorise':
      return { kind, user, currency: newCurrency(random), amount: random.between(1, 120), lifeMs: newLife(random) }
    case 'hold_order':
      return { kind, hold: newTarget(random), order: newOrder(random) }
    case 'reverse':
      return { kind, transaction: newTarget(random), shortage: random.pick(['clamp', 'debt', 'block']) }
    case 'consume': {
      const action = random.pick(['chat_message', 'market_research', 'speech_second'])
      return { kind, user, action, quantity: random.between(1, 12) }
    }
    case 'buy':
      return { kind, user, product: random.pick(Object.keys(GRANTS)), token: newTarget(random) }
    case 'store_word': {
      const word = random.pick(['refunded', 'refunded', 'third_refunded', 'refund_withdrawn', 'renewal_off'] as const)
      return { kind, purchase: newTarget(random), word }
    }
    case 'store_action':
      return { kind, charge: newTarget(random), action: newAction(random) }
    case 'grant':
      return { kind, user, lifeMs: newLife(random) }
    case 'revoke':
    case 'delete':
      return { kind, user }
    case 'identify':
    case 'alias':
      return { kind, from: random.chance(0.5) ? (users[0] ?? user) : user, to: random.pick(users) }
    case 'job':
      return { kind, job: random.weighted(JOBS) }
    case 'advance':
      return { kind, byMs: newLeap(random) }
  }
}

function newTarget(random: Random) {
  return { place: random.next(), chosen: null }
}

function newCurrency(random: Random): string {
  return random.weighted({ CRD: 3, GEM: 2, TOK: 1 } satisfies Record<keyof typeof CURRENCIES, number>)
}

/** Mostly small, more in than out; now and then near the cap. */
function newAmount(random: Random): number {
  if (random.chance(0.03)) return CAP - random.between(0, 600)
  return random.chance(0.5) ? random.between(1, 300) : -random.between(1, 200)
}

function newAmounts(random: Random): Record<string, number> {
  const [one, other] = [newCurrency(random), newCurrency(random)]
  return { [one]: newAmount(random), [other]: random.chance(0.1) ? 0 : newAmount(random) }
}

function newLife(random: Random): number {
  return random.pick([20 * SECOND_MS, 2 * MINUTE_MS, 20 * MINUTE_MS, 24 * HOUR_MS])
}

function newOrder(random: Random): (Wish & { kind: 'hold_order' })['order'] {
  const kind = random.weighted({ capture: 6, void: 2, extend: 2 })
  if (kind === 'void') return { kind }
  if (kind === 'extend') return { kind, lifeMs: newLife(random) }
  return { kind, amount: random.chance(0.3) ? null : random.between(1, 250), keepOpen: random.chance(0.4) }
}

/** What a team, a tester or the buyer has the store do. */
function newAction(random: Random): (Wish & { kind: 'store_action' })['action'] {
  const kind = random.weighted(ACTIONS)
  switch (kind) {
    case 'fail_billing':
      return { kind, graceDays: random.pick([0, 1]) }
    case 'pause':
    case 'extend':
      return { kind, days: random.between(1, 5), reasonCode: 0 }
    case 'change_product':
      return { kind, storeProductId: random.pick(Object.keys(GRANTS)), isAtRenewal: random.chance(0.5) }
    default:
      return { kind }
  }
}

const ACTIONS = {
  renew: 4,
  fail_billing: 2,
  give_up_billing: 1,
  cancel: 2,
  uncancel: 2,
  revoke: 1,
  refund_latest: 3,
  reverse_refund: 2,
  pause: 1,
  change_product: 2,
  extend: 1,
} as const

function newLeap(random: Random): number {
  return random.weighted({ moment: 4, seconds: 3, cycle: 4, day: 1 }) === 'day'
    ? random.between(HOUR_MS, LEAP_MAX_MS)
    : random.pick([1, 500, 5 * SECOND_MS, 30 * SECOND_MS, CYCLE_MS / 2, CYCLE_MS, CYCLE_MS + 1, 3 * CYCLE_MS])
}

/** The same kind of request with something else in it; null where there is nothing else to say. */
function otherInput(random: Random, wish: Wish): Wish | null {
  switch (wish.kind) {
    case 'adjust':
    case 'authorise':
      // Never zero: surfaces refuse that before any use case sees it.
      return { ...wish, amount: wish.amount + random.between(1, 9) || 10 }
    case 'consume':
      return { ...wish, quantity: wish.quantity + 1 }
    case 'change':
      return { ...wish, amounts: { CRD: random.between(1_001, 1_300) } }
    case 'reverse':
      return { ...wish, shortage: wish.shortage === 'clamp' ? 'debt' : 'clamp' }
    case 'hold_order': {
      const { order } = wish
      if (order.kind === 'capture') return { ...wish, order: { ...order, amount: 251 } }
      return order.kind === 'extend' ? { ...wish, order: { ...order, lifeMs: order.lifeMs + SECOND_MS } } : null
    }
    default:
      return null
  }
}
