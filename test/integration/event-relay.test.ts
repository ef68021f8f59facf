import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ok } from '../../src/core/lib/result.ts'
import { statement } from '../../src/db/statement.ts'
import { aliasCustomer } from '../../src/usecases/customers/identify-customer.ts'
import type { RelayedEvent } from '../../src/usecases/ports/relayed-events.ts'
import type { Ctx } from '../../src/usecases/ports.ts'
import { adjustBalance } from '../../src/usecases/wallet/adjust-balance.ts'
import { relayEvents } from '../../src/usecases/webhooks/relay-events.ts'
import { buy, createDemo, type Demo } from '../support/demo.ts'
import { openWorld, type World } from '../support/world.ts'

let world: World
let demo: Demo
let runs = 0
beforeAll(async () => {
  world = await openWorld()
  demo = await createDemo(world.ctx)
})
afterAll(() => world.close())

/** As often as there are steps in a relay, so that each of them is the one at which the process dies. */
const STEPS_MAX = 11
const USERS = 4
/** Runs of a relay after which something waits for ever. */
const ROUNDS_MAX = 200

class Crash extends Error {}

const unexpected = (_event: unknown, error: unknown): never => {
  throw error
}

/** A process that dies at a step of its relay: before the step, or after the commit when there are fewer steps. */
async function relayAndDie(ctx: Ctx, step: number): Promise<void> {
  let steps = 0
  const counted = <Port extends object>(port: Port): Port =>
    new Proxy(port, {
      get(target, name) {
        const method = Reflect.get(target, name) as (...values: unknown[]) => unknown
        return async (...values: unknown[]) => {
          if (++steps === step) throw new Crash('the process dies')
          return method.apply(target, values)
        }
      },
    })
  const dying: Ctx = {
    ...ctx,
    transaction: (work) =>
      ctx.transaction((tx) =>
        work({ ...tx, eventRelay: counted(tx.eventRelay), webhookDeliveries: counted(tx.webhookDeliveries) }),
      ),
  }
  await relayEvents(dying, unexpected).catch((error: unknown) => {
    if (!(error instanceof Crash)) throw error
  })
}

async function relayAll(ctx: Ctx): Promise<void> {
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const { done } = await relayEvents(ctx, unexpected)
    if (done === 0 && (await countWaiting()) === 0) return
  }
  throw new Error(`events still wait after ${ROUNDS_MAX} rounds`)
}

const WAITING = statement('test.waiting_events', 'select count(*) as count from events where waits')
async function countWaiting(): Promise<number> {
  const [row] = await world.database.query<{ count: number }>(WAITING, [])
  return row?.count ?? 0
}

async function readFeed(after = 0, limit = 10_000): Promise<RelayedEvent[]> {
  return (await world.ctx.read.eventFeed.page(demo.projectId, { after, limit, types: null })).events
}

const STORED = statement(
  'test.stored_events',
  `select event_id as "eventId", customer_id as "customerId" from events where project_id = $1 and type <> 'CUSTOMER_MERGED'
   and data->>'source' is distinct from 'admin_api' order by customer_id, revision, ordinal`,
)

/** What must be in the feed: everything but merges and changes by the API, of each customer in its order. */
async function expectCompleteFeed(): Promise<void> {
  const stored = await world.database.query<{ eventId: string; customerId: string }>(STORED, [demo.projectId])
  const feed = await readFeed()
  expect(feed.map(({ position }) => position)).toEqual(feed.map((_, index) => index + 1))
  const inFeed = Map.groupBy(feed, ({ customer }) => customer.customerId)
  const inOutbox = Map.groupBy(stored, ({ customerId }) => customerId)
  const idsOf = (events: ReadonlyArray<{ eventId: string }> = []) => events.map(({ eventId }) => eventId)
  for (const [customerId, events] of inOutbox) expect(idsOf(inFeed.get(customerId))).toEqual(idsOf(events))
  expect(feed.length).toBe(stored.length)
  expect(new Set(feed.map(({ webhookId }) => webhookId)).size).toBe(feed.length)
}

function adjust(userId: string) {
  const change = { projectId: demo.projectId, userId, currency: 'CRD', amount: 5, reason: 'gift', requestId: 'req1' }
  return adjustBalance(world.ctx, { ...change, idempotencyKey: null, actor: 'support' })
}

type Step =
  | { kind: 'buy' | 'adjust'; who: number }
  | { kind: 'merge'; who: number }
  | { kind: 'crash'; step: number }
  | { kind: 'parallel' }
  | { kind: 'clock'; byMs: number }

const who = fc.nat(USERS - 1)
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom('buy' as const, 'adjust' as const), who }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('merge' as const), who }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('crash' as const), step: fc.integer({ min: 1, max: STEPS_MAX }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('parallel' as const) }) },
  // Clocks of several processes differ: a later change may have an earlier time.
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('clock' as const), byMs: fc.constantFrom(-5_000, 1, 60_000) }),
  },
)

async function perform(run: number, action: Step): Promise<void> {
  if (action.kind === 'clock') return world.clock.advance(action.byMs)
  if (action.kind === 'crash') return relayAndDie(world.ctx, action.step)
  if (action.kind === 'parallel') {
    await Promise.all([1, 2, 3].map(() => relayEvents(world.ctx, unexpected)))
    return
  }
  const user = `user-${run}-${action.who}`
  if (action.kind === 'buy') await buy(world.ctx, demo, user, 'credits_500')
  else if (action.kind === 'adjust') await adjust(user)
  else {
    const anonymous = `$RCAnonymousID:${run.toString(16).padStart(16, '0')}${action.who.toString(16).padStart(16, '0')}`
    await buy(world.ctx, demo, anonymous, 'credits_500')
    const merged = { projectId: demo.projectId, appUserId: anonymous, newAppUserId: user }
    await aliasCustomer(world.ctx, merged)
  }
}

test('whatever happens and wherever a relay dies, every event is in the feed once, of each customer in order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 14 }), async (steps) => {
      const run = runs++
      let seen = await readFeed()
      for (const action of steps) {
        await perform(run, action)
        const now = await readFeed()
        // What a reader saw stays as it was, byte for byte, and nothing comes in between.
        expect(now.slice(0, seen.length)).toEqual(seen)
        seen = now
      }
      await relayAll(world.ctx)
      await expectCompleteFeed()
    }),
    { numRuns: 25 },
  )
})

test('with writers and several relays at once, a reader who goes on from what it saw misses nothing', async () => {
  let isWriting = true
  const relay = async () => {
    while (isWriting) await relayEvents(world.ctx, unexpected)
  }
  const read: RelayedEvent[] = []
  const readOn = async () => {
    for (const event of await readFeed(read.at(-1)?.position ?? 0, 3)) read.push(event)
  }
  const reader = async () => {
    while (isWriting) await readOn()
  }
  const write = async () => {
    const users = Array.from({ length: 12 }, (_, index) => `busy-${index}`)
    for (let round = 0; round < 3; round++) {
      await Promise.all(users.map((user) => buy(world.ctx, demo, user, 'credits_500')))
    }
    isWriting = false
  }
  await Promise.all([write(), relay(), relay(), relay(), reader()])
  await relayAll(world.ctx)
  const feed = await readFeed()
  while (read.length < feed.length) {
    const before = read.length
    await readOn()
    expect(read.length).toBeGreaterThan(before)
  }
  expect(read).toEqual(feed)
  await expectCompleteFeed()
})

test('a customer with more than fits in one run is told on in order, though each clock was behind the one before', async () => {
  for (let purchase = 0; purchase < 24; purchase++) {
    world.clock.advance(-10)
    await buy(world.ctx, demo, 'hoarder', 'credits_500')
  }
  expect(await relayEvents(world.ctx, unexpected)).toEqual({ done: 20, more: true })
  await relayAll(world.ctx)
  await expectCompleteFeed()
})

test('an event whose body cannot be made holds back its customer alone, and is told when it can', async () => {
  const { ctx } = world
  await buy(ctx, demo, 'busy-4', 'credits_500')
  await buy(ctx, demo, 'busy-5', 'credits_500')
  const before = await readFeed()
  const broken = await ctx.read.customers.findByAppUserId(demo.projectId, 'busy-4')
  const failing: Ctx = {
    ...ctx,
    transaction: (work) =>
      ctx.transaction((tx) =>
        work({
          ...tx,
          eventRelay: {
            ...tx.eventRelay,
            async people(refs) {
              const people = await tx.eventRelay.people(refs)
              const person = people.get(broken?.customerId ?? '')
              if (person !== undefined) people.set(person.customer.customerId, { ...person, aliases: null as never })
              return people
            },
          },
        }),
      ),
  }
  const failures: string[] = []
  while ((await relayEvents(failing, ({ type }) => failures.push(type))).more);
  const told = await readFeed(before.length)
  expect(told.length).toBeGreaterThan(0)
  expect(told.map(({ customer }) => customer.customerId)).not.toContain(broken?.customerId)
  expect(failures.length).toBeGreaterThan(0)
  await relayAll(ctx)
  await expectCompleteFeed()
})

test('a fact with a key is told once, although it is found again, and again for the next owner of the purchase', async () => {
  const { ctx } = world
  const before = await readFeed()
  const tell = (appUserId: string) =>
    ctx.transaction<null, never>(async (tx) => {
      const customer = await tx.customers.lockByAppUserId(demo.projectId, appUserId)
      if (customer === null) throw new Error('the customer bought before')
      const revision = customer.revision + 1
      await tx.customers.update({ ...customer, revision })
      const change = { customerId: customer.customerId, projectId: demo.projectId, revision, kinds: [], currency: null }
      await tx.events.append(
        customer,
        { ...change, cause: 'renewal', occurredAt: ctx.clock.now(), absorbedCustomerId: null },
        [{ type: 'UNCANCELLATION', data: {}, key: 'chain-1 UNCANCELLATION 1' }],
      )
      return ok(null)
    })
  for (const user of ['busy-1', 'busy-1', 'busy-2']) await tell(user)
  await relayAll(ctx)
  await tell('busy-3')
  await relayAll(ctx)
  const told = await readFeed(before.length)
  expect(told.map(({ type, position }) => [type, position])).toEqual([['UNCANCELLATION', before.length + 1]])
})
