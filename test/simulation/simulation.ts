import pg from 'pg'
import type { CustomerChange } from '../../src/core/events/event.ts'
import { ConflictError } from '../../src/core/lib/conflict-error.ts'
import { getCustomer } from '../../src/usecases/customers/get-customer.ts'
import type { Ctx } from '../../src/usecases/ports.ts'
import type { TestClock } from '../support/world.ts'
import type { Answer } from './answer.ts'
import { chooseTarget } from './choose-target.ts'
import { FaultSchedule } from './faults.ts'
import { faultyDatabase } from './faulty-database.ts'
import { type Attempt, closeAttempt, type Journal, newJournal, note, openAttempt } from './journal.ts'
import { perform, relay } from './perform.ts'
import type { Plan } from './plan.ts'
import { ProcessLife } from './process-life.ts'
import { type Random, seededRandom } from './random.ts'
import { isRepeatable, type Request } from './request.ts'
import { CURRENCIES } from './shop-fixture.ts'
import { type OpenTransactions, seededIds, simulatedContext } from './simulated-context.ts'
import { type SimulatedShop, START_AT } from './simulated-shop.ts'

/** Enough for a few requests. */
const STARTING_BALANCE = 250

/** Sendings of a request whose answer never comes. */
const SENDINGS_MAX = 4

/** What a run leaves behind beside the rows. */
export type Run = { plan: Plan; journal: Journal; changes: CustomerChange[]; faults: FaultSchedule; errors: string[] }

export function newRun(plan: Plan): Run {
  return { plan, journal: newJournal(), changes: [], faults: new FaultSchedule(plan.faults), errors: [] }
}

type Process = { ctx: Ctx; life: ProcessLife }

/**
 * Runs a plan: clients send their requests at the same time to one process, which is followed by another when it is
 * killed. In the end everything with a key is sent once more, without faults, so that nothing stays unknown that a
 * client could find out, and what waits in the outbox is relayed.
 */
export async function simulate(shop: SimulatedShop, run: Run, openTransactions: OpenTransactions): Promise<void> {
  const { plan } = run
  const world = openWorld(shop, run, openTransactions, seededRandom(plan.seed, 'run'))
  await furnish(world, plan.known)
  run.faults.isArmed = true
  await Promise.all(plan.clients.map((requests) => sendAll(world, requests)))
  run.faults.isArmed = false
  await Promise.all(plan.clients.map((_requests, index) => sendAll(world, lastWord(plan, index))))
  await shop.settle()
  while ((await relay(world.process().ctx)).more);
}

/** Customers with something to spend, so that not all of the first requests are refused. */
async function furnish(world: World, users: readonly string[]): Promise<void> {
  const { projectId } = world.shop.demo
  const amounts = Object.fromEntries(Object.keys(CURRENCIES).map((currency) => [currency, STARTING_BALANCE]))
  await Promise.all(
    users.map(async (user) => {
      await getCustomer(world.process().ctx, { projectId, appUserId: user, touch: false })
      const wish = { kind: 'change', user, operation: 'transactions', amounts } as const
      await send(world, { id: `start-${user}`, key: null, wish })
    }),
  )
}

/** A fair share of all requests with a key. */
function lastWord({ requests, clients }: Plan, client: number): Request[] {
  return requests.filter((request, index) => request.key !== null && index % clients.length === client)
}

type World = {
  run: Run
  shop: SimulatedShop
  clock: TestClock
  random: Random
  /** The process that answers at the moment. */
  process(): Process
}

function openWorld(shop: SimulatedShop, run: Run, openTransactions: OpenTransactions, random: Random): World {
  const clock = newClock()
  const ids = seededIds(clock, random.fork('ids'))
  const start = (): Process => {
    const life = new ProcessLife()
    const database = faultyDatabase(shop.database, run.faults, life)
    const announce = (change: CustomerChange) => void run.changes.push(change)
    return { ctx: simulatedContext(database, { clock, ids, announce, openTransactions }), life }
  }
  let current = start()
  return {
    run,
    shop,
    clock,
    random: random.fork('targets'),
    process() {
      if (!current.life.isOver) return current
      note(run.journal, 'a new process starts')
      current = start()
      return current
    },
  }
}

function newClock(): TestClock {
  let at = START_AT
  return {
    now: () => at,
    set: (to) => {
      at = to
    },
    advance: (byMs) => {
      at += byMs
    },
  }
}

async function sendAll(world: World, requests: readonly Request[]): Promise<void> {
  for (const request of requests) {
    for (let sending = 1; sending <= SENDINGS_MAX; sending++) {
      const { answer } = await send(world, request)
      const isHeard = answer.kind === 'acknowledged' || answer.kind === 'refused'
      if (isHeard || !isRepeatable(request)) break
    }
  }
}

async function send(world: World, request: Request): Promise<Attempt> {
  const { run, shop, clock } = world
  if (request.wish.kind === 'advance') clock.advance(request.wish.byMs)
  await chooseTarget(shop, request.wish, clock.now(), world.random)
  const { ctx, life } = world.process()
  const attempt = openAttempt(run.journal, request)
  const answer = await Promise.race([perform(ctx, shop, request, attempt.requestId), life.over]).catch((error) =>
    answerOf(run, life, error),
  )
  closeAttempt(run.journal, attempt, answer)
  return attempt
}

/** SQLSTATEs of what is injected as a refusal of the server. */
const INJECTED = new Set(['22012', '40001', '55P03'])
/** SQLSTATEs of a lost connection, and how the driver says it. */
const LOST_CODE = /^(57P|08|25P03)/
const LOST_WORDS = /connection (terminated|error)|not queryable|ECONNRESET|EPIPE/i

/** What a caller makes of an error. One that no fault explains is a fault of the server. */
function answerOf({ errors }: Run, life: ProcessLife, error: unknown): Answer {
  const why = String(error)
  if (life.isOver) return { kind: 'unknown', why: 'the process was killed' }
  const causes = causesOf(error)
  const isRefusal = (cause: Error) =>
    cause instanceof ConflictError || (cause instanceof pg.DatabaseError && INJECTED.has(cause.code ?? ''))
  if (causes.some(isRefusal)) return { kind: 'failed', why }
  const isLost = (cause: Error) =>
    cause instanceof pg.DatabaseError ? LOST_CODE.test(cause.code ?? '') : LOST_WORDS.test(cause.message)
  if (!causes.some(isLost)) errors.push((error as Error).stack ?? why)
  return { kind: 'unknown', why }
}

/** An error, and what it says to be its cause, and so on. */
function causesOf(error: unknown): Error[] {
  return error instanceof Error ? [error, ...causesOf(error.cause)] : []
}
