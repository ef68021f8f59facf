import { afterAll, beforeAll, expect, test } from 'vitest'
import { statement } from '../../src/db/statement.ts'
import type { CreditsUpstream } from '../../src/usecases/ports/credits-upstream.ts'
import { type Random, seededRandom } from '../simulation/random.ts'
import type { AdminAnswer, AdminApi } from '../support/admin-api.ts'
import { FAULTS } from '../support/fault-proxy.ts'
import { newShopPerStory } from '../support/story.ts'
import { type Front, openFront, startUpstreamProcess, type UpstreamProcess } from '../support/upstream-world.ts'

/**
 * Guarantee: whatever goes wrong between the two servers, and whichever process crashes, nothing is done twice, what was
 * acknowledged is there exactly once, and a 502 that says `failed` or `pending` is right about it.
 */

const SCHEDULES = 200
const ORDERS = 4
const ATTEMPTS = 4
const ALL_IN_MS = 600_000

/** Set it to the seed that a failed run named, to see the same orders and faults again. */
const FIRST_SEED = 20_260_504

const shop = newShopPerStory()
let upstream: UpstreamProcess
beforeAll(async () => {
  upstream = await startUpstreamProcess()
})
afterAll(() => upstream?.stop())

type Order = { userId: string; amount: number; reason: string; key: string; answers: AdminAnswer[] }
type Outcome = { intent_id: string; status: 'pending' | 'applied' | 'failed'; reason: string; amount: number }

const INTENTS = statement(
  'test.upstream_intents',
  'select intent_id, status, reason, amount from credit_intents where app_user_id = $1',
)

test(
  `${SCHEDULES} schedules of faults, crashes and parallel requests, from seed ${FIRST_SEED} on`,
  async () => {
    const front = await openFront(shop, upstream)
    let chance = (_share: number): boolean => false
    const doomed = await front.otherProcess((port) => crashing(port, (share) => chance(share)))
    const processes = [front.api, await front.otherProcess(), doomed]
    try {
      for (let seed = FIRST_SEED; seed < FIRST_SEED + SCHEDULES; seed++) {
        const random = seededRandom(seed)
        chance = random.chance
        await playSchedule(front, processes, seed, random)
      }
    } finally {
      await front.close()
    }
  },
  ALL_IN_MS,
)

async function playSchedule(front: Front, processes: readonly AdminApi[], seed: number, random: Random): Promise<void> {
  const userId = `user_${seed}`
  await upstream.meet(userId)
  const start = random.between(0, 29)
  if (start > 0) await upstream.change(userId, start)
  const orders = Array.from({ length: ORDERS }, (_, index) => newOrder(random, userId, `order ${seed} ${index}`))
  const share = random.next() * 0.8
  front.decide = () => (random.chance(share) ? random.pick(FAULTS) : 'none')
  await Promise.all(orders.map((order) => insist(order, processes, random)))
  front.decide = () => 'none'
  expect(await front.settle(), `seed ${seed}: nothing is given up`).toEqual([])
  await expectTruth(seed, userId, start, orders)
}

function newOrder(random: Random, userId: string, reason: string): Order {
  const amount = random.chance(0.3) ? -random.between(1, 25) : random.between(1, 25)
  return { userId, amount, reason, key: reason, answers: [] }
}

/** A process that ends now and then, before or after it asked for the change. */
function crashing(port: CreditsUpstream, chance: (share: number) => boolean): CreditsUpstream {
  return {
    ...port,
    async change(change, patience) {
      if (chance(0.2)) throw new Error('the process ended before the call')
      const answer = await port.change(change, patience)
      if (chance(0.2)) throw new Error('the process ended after the call')
      return answer
    },
  }
}

/** A client that wants an order done: it sends it again while it may help, at times twice at once. */
async function insist(order: Order, processes: readonly AdminApi[], random: Random): Promise<void> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const copies = random.chance(0.3) ? 2 : 1
    const sent = await Promise.all(Array.from({ length: copies }, () => send(order, random.pick(processes))))
    order.answers.push(...sent)
    if (sent.some(({ status }) => status === 200 || status === 422) || random.chance(0.25)) return
    // Sometimes long enough for the lease of a crashed process to end.
    if (random.chance(0.3)) shop.clock.advance(31_000)
  }
}

function send({ userId: user_id, amount, reason, key: idempotency_key }: Order, api: AdminApi): Promise<AdminAnswer> {
  return api.post('/adjust', { user_id, amount, reason, idempotency_key })
}

async function expectTruth(seed: number, userId: string, start: number, orders: readonly Order[]): Promise<void> {
  const intents = await shop.database.query<Outcome>(INTENTS, [userId])
  const done = (await upstream.referencesOf(userId)).filter((reference) => reference.startsWith('order '))
  const at = (what: string) => `seed ${seed}: ${what}`
  const applied = intents.filter(({ status }) => status === 'applied')
  expect([...done].sort(), at('what is noted as applied is what the upstream did, each once')).toEqual(
    applied.map(({ reason }) => reason).sort(),
  )
  expect(new Set(done).size, at('nothing was done twice')).toBe(done.length)
  const sum = applied.reduce((total, { amount }) => total + amount, start)
  expect(await upstream.balanceOf(userId), at('the balance is the sum of what was applied')).toBe(sum)
  expect(intents.map(({ status }) => status).filter((status) => status === 'pending')).toEqual([])
  for (const { reason, answers } of orders) {
    for (const answer of answers) expectTrue(answer, reason, intents, at(`${reason}: ${answer.text}`))
  }
}

/** Whether an answer was true, as is known in the end. */
function expectTrue({ status, body }: AdminAnswer, reason: string, intents: readonly Outcome[], name: string): void {
  const byId = (id: string) => intents.find((intent) => intent.intent_id === id)
  expect([200, 409, 422, 500, 502], name).toContain(status)
  if (status === 200) expect(byId(body.transaction_id), name).toMatchObject({ status: 'applied', reason })
  if (status === 409) expect(body.detail, name).toBe('idempotency_in_progress')
  if (status === 422) expect(body.detail, name).toBe('insufficient_balance')
  if (status !== 502) return
  expect(body.detail, name).toMatch(/^rc_call_failed: [a-z_]+$/)
  expect(['pending', 'failed'], name).toContain(body.outcome)
  if (body.outcome === 'pending') expect(byId(body.intent_id), name).toBeDefined()
  else if (body.intent_id !== null) expect(byId(body.intent_id), name).toMatchObject({ status: 'failed', reason })
}
