import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Result } from '../../src/core/lib/result.ts'
import type { Database } from '../../src/db/database.ts'
import { statement } from '../../src/db/statement.ts'
import { createWrites } from '../../src/db/writes.ts'
import type { Ctx } from '../../src/usecases/ports.ts'
import { type AdjustInput, type AdjustOutcome, adjustBalance } from '../../src/usecases/wallet/adjust-balance.ts'
import { authoriseHold } from '../../src/usecases/wallet/authorise-hold.ts'
import { auditDatabase } from '../support/audit.ts'
import { balanceOf, buy, createDemo, type Demo } from '../support/demo.ts'
import { failingAt, refusedBegin, silentCommit } from '../support/spoiled-database.ts'
import { configureUsage, consumeAs, usedBy } from '../support/usage.ts'
import { openWorld, type World } from '../support/world.ts'

let world: World
let demo: Demo
let users = 0
let user: string
/** Sizes of the groups of this test. */
let groups: number[]

beforeAll(async () => {
  world = await openWorld()
  demo = await createDemo(world.ctx)
})
afterAll(() => world.close())
beforeEach(async () => {
  groups = []
  user = await newUser()
})
afterEach(async () => {
  expect(await auditDatabase(world.database)).toEqual([])
})

/** A customer with 500 units. */
async function newUser(): Promise<string> {
  const name = `user-${++users}`
  await buy(world.ctx, demo, name, 'credits_500')
  return name
}

/** The use cases of another process on the same database, whose statements a test can spoil. */
function process(spoil: Partial<Pick<Database, 'withConnection'>> = {}): Ctx {
  const writes = createWrites({
    database: { ...world.database, ...spoil },
    newEventId: () => world.ctx.ids.next('event'),
    announce: (change) => world.changes.push(change),
    now: () => world.clock.now(),
    groupMax: 64,
    onGroup: (size) => groups.push(size),
  })
  return { ...world.ctx, ...writes }
}

function order(userId: string, amount: number, more: Partial<AdjustInput> = {}): AdjustInput {
  const fixed = { projectId: demo.projectId, currency: 'CRD', reason: 'goodwill', idempotencyKey: null }
  return { ...fixed, userId, amount, actor: 'support', requestId: '0123456789abcdef', ...more }
}

async function outcomeOf(done: Promise<Result<AdjustOutcome, { code: string }>>): Promise<number | string> {
  const answer = await done.catch((error: Error) => ({ ok: false as const, refusal: { code: error.message } }))
  return answer.ok ? answer.value.adjusted.balance : answer.refusal.code
}

const balance = (name: string) => balanceOf(world.ctx, demo.projectId, name)

describe('writes of one moment', () => {
  test('share a transaction, and each gets the answer of its own', async () => {
    const names = await Promise.all(Array.from({ length: 20 }, newUser))
    const ctx = process()
    const answers = await Promise.all(names.map((name, index) => outcomeOf(adjustBalance(ctx, order(name, index + 1)))))
    expect(answers).toEqual(names.map((_, index) => 500 + index + 1))
    expect(groups).toEqual([20])
  })

  test('of one customer are decided in their order, each on what the ones before it left', async () => {
    const ctx = process()
    const amounts = [7, -507, -1, 5, -3, -3, 1]
    const answers = await Promise.all(amounts.map((amount) => outcomeOf(adjustBalance(ctx, order(user, amount)))))
    expect(answers).toEqual([507, 0, 'insufficient_balance', 5, 2, 'insufficient_balance', 3])
    expect(groups).toEqual([7])
    expect(await balance(user)).toBe(3)
  })

  test('are announced one by one with revisions that have no gap, and only what was done', async () => {
    const ctx = process()
    const before = (await world.ctx.read.customers.findByAppUserId(demo.projectId, user))?.revision ?? 0
    world.changes.length = 0
    await Promise.all([1, -900, 2, 3].map((amount) => outcomeOf(adjustBalance(ctx, order(user, amount)))))
    expect(world.changes.map(({ revision }) => revision)).toEqual([before + 1, before + 2, before + 3])
  })

  test('that are refused in every way harm no neighbour', async () => {
    const [other, rich, poor] = [await newUser(), await newUser(), await newUser()]
    await adjustBalance(world.ctx, order(other, 1, { idempotencyKey: 'used' }))
    const ctx = process()
    const wishes: Array<[AdjustInput, number | string]> = [
      [order(user, 10), 510],
      [order(user, 1, { currency: 'NONE' }), 'currency_unknown'],
      [order('nobody', 1), 'customer_not_found'],
      [order(poor, -501), 'insufficient_balance'],
      [order(rich, 2_000_000_000), 'balance_above_maximum'],
      [order(user, 1, { idempotencyKey: 'used' }), 'idempotency_key_conflict'],
      [order(other, 1, { idempotencyKey: 'used' }), 501],
      [order(user, 10, { idempotencyKey: 'new' }), 520],
      [order(user, 10, { idempotencyKey: 'new' }), 520],
      [order(user, 11, { idempotencyKey: 'new' }), 'idempotency_key_conflict'],
      [order(rich, 5), 505],
    ]
    const answers = await Promise.all(wishes.map(([wish]) => outcomeOf(adjustBalance(ctx, wish))))
    expect(answers).toEqual(wishes.map(([, expected]) => expected))
    expect(groups).toEqual([wishes.length])
    expect([await balance(user), await balance(other), await balance(rich), await balance(poor)]).toEqual([
      520, 501, 505, 500,
    ])
  })

  test('can be holds as well, which count for what follows', async () => {
    const ctx = process()
    const hold = (amount: number) =>
      authoriseHold(ctx, { ...order(user, amount), amount, lifeMs: 60_000 }).then(
        (held) => held.ok && held.value.answer.balance,
      )
    expect(await Promise.all([hold(300), outcomeOf(adjustBalance(ctx, order(user, -201))), hold(200)])).toEqual([
      200,
      'insufficient_balance',
      0,
    ])
    expect(groups).toEqual([3])
  })

  test('can be consumption, which takes the allowance first and sees what the ones before it used', async () => {
    await configureUsage(world.ctx, demo.projectId, {
      meters: [],
      actions: [{ id: 'ask', cost: { credits: 100 } }],
      tiers: [{ id: 'free', default: true, caps: { credits: 150 } }],
    })
    const [ctx, other] = [process(), await newUser()]
    const ask = async (name: string) => {
      const done = await consumeAs(ctx, demo.projectId, name, 'ask')
      return done.ok ? [done.value.consumed.creditsFromAllowance, done.value.consumed.creditsFromLedger] : 'refused'
    }
    const asked = await Promise.all([user, user, user, user, user, user, user, other].map(ask))
    // The reads before the write may overtake each other; whoever comes later finds less.
    expect(asked.map(String).sort()).toEqual(['0,100', '0,100', '0,100', '0,100', '100,0', '100,0', '50,50', 'refused'])
    expect(groups.reduce((sum, size) => sum + size, 0)).toBe(asked.length)
    expect([await usedBy(ctx, demo.projectId, user), await usedBy(ctx, demo.projectId, other)]).toMatchObject([
      { credits: 150 },
      { credits: 100 },
    ])
  })

  test('with one key on two customers are one change and one conflict, whichever came first', async () => {
    const other = await newUser()
    const [one, two] = [process(), process()]
    const wish = (name: string) => order(name, 10, { idempotencyKey: `pair-${user}` })
    const answers = await Promise.all([
      outcomeOf(adjustBalance(one, wish(user))),
      outcomeOf(adjustBalance(two, wish(other))),
    ])
    expect(answers.sort()).toEqual([510, 'idempotency_key_conflict'])
  })
})

describe('several processes on one database', () => {
  test('let a thousand spends of 1 take exactly 500 out of a wallet of 500', async () => {
    const processes = [process(), process(), process()]
    const answers = await Promise.all(
      Array.from({ length: 1_000 }, (_, index) =>
        outcomeOf(adjustBalance(processes[index % 3] ?? world.ctx, order(user, -1))),
      ),
    )
    const done = answers.filter((answer) => typeof answer === 'number')
    expect(new Set(done).size).toBe(500)
    expect(answers.filter((answer) => answer === 'insufficient_balance')).toHaveLength(500)
    expect(await balance(user)).toBe(0)
  })

  test('do a write once that fifty ask for under one key, and answer all of them alike', async () => {
    const processes = [process(), process()]
    const wish = order(user, 25, { idempotencyKey: `fifty-${user}` })
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) => outcomeOf(adjustBalance(processes[index % 2] ?? world.ctx, wish))),
    )
    expect(new Set(answers)).toEqual(new Set([525]))
    expect(await balance(user)).toBe(525)
  })

  test('make a customer who is locked elsewhere wait, and nobody else', async () => {
    const other = await newUser()
    const ctx = process()
    let release = () => {}
    const released = new Promise<void>((resolve) => {
      release = resolve
    })
    const locked = new Promise<void>((resolve) => {
      void world.ctx.transaction(async (tx) => {
        await tx.customers.lockByAppUserId(demo.projectId, user)
        resolve()
        await released
        return { ok: true, value: null }
      })
    })
    await locked
    const waiting = outcomeOf(adjustBalance(ctx, order(user, 1)))
    expect(await outcomeOf(adjustBalance(ctx, order(other, 1)))).toBe(501)
    release()
    expect(await waiting).toBe(501)
  })
})

describe('when the database says no', () => {
  test('to one row, its neighbours are written all the same', async () => {
    await world.database.query(
      statement('test.add', `alter table wallet_transactions add constraint no_poison check (reason <> 'poison')`),
      [],
    )
    const other = await newUser()
    const ctx = process()
    const answers = await Promise.all([
      outcomeOf(adjustBalance(ctx, order(user, 1))),
      outcomeOf(adjustBalance(ctx, order(user, 1, { reason: 'poison' }))),
      outcomeOf(adjustBalance(ctx, order(other, 1))),
    ])
    await world.database.query(statement('test.drop', 'alter table wallet_transactions drop constraint no_poison'), [])
    expect(groups).toEqual([3])
    expect([answers[0], answers[2]]).toEqual([501, 501])
    expect(answers[1]).toContain('no_poison')
    expect([await balance(user), await balance(other)]).toEqual([501, 501])
  })

  test.each(['group.lock', 'group.keys', 'group.insert_postings', 'group.set_balances', 'group.insert_events'])(
    'in the middle of a group, at %s, everybody is served alone',
    async (name) => {
      const other = await newUser()
      const ctx = process(failingAt(world.database, name))
      const answers = await Promise.all([
        outcomeOf(adjustBalance(ctx, order(user, 1, { idempotencyKey: `${name}-1` }))),
        outcomeOf(adjustBalance(ctx, order(other, -1, { idempotencyKey: `${name}-2` }))),
      ])
      expect(answers).toEqual([501, 499])
      expect([await balance(user), await balance(other)]).toEqual([501, 499])
    },
  )

  test('to the very beginning, nothing is written outside of a transaction', async () => {
    const [ctx, other] = [process(refusedBegin(world.database)), await newUser()]
    const answers = await Promise.all([user, other].map((name) => outcomeOf(adjustBalance(ctx, order(name, 10)))))
    for (const answer of answers) expect(answer).toContain('begin was refused')
    expect([await balance(user), await balance(other)]).toEqual([500, 500])
  })

  test.each(['before', 'after'] as const)(
    'nothing, %s a commit, callers are told that it is not known, and a repeat with their key finds out',
    async (lost) => {
      const [ctx, other] = [process(silentCommit(world.database, lost)), await newUser()]
      const wishes = [user, other].map((name) => order(name, 10, { idempotencyKey: `lost-${name}` }))
      const answers = await Promise.all(wishes.map((wish) => outcomeOf(adjustBalance(ctx, wish))))
      for (const answer of answers) expect(answer).toContain('not known')
      for (const wish of wishes) expect(await outcomeOf(adjustBalance(process(), wish))).toBe(510)
      expect([await balance(user), await balance(other)]).toEqual([510, 510])
    },
  )
})
