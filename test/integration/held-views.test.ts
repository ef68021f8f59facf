import { expect, it } from 'vitest'
import { DAY_MS } from '../../src/core/lib/clock.ts'
import { createReads } from '../../src/db/reads.ts'
import type { Query } from '../../src/db/statement.ts'
import { identifyCustomer } from '../../src/usecases/customers/identify-customer.ts'
import { refreshDuePurchases } from '../../src/usecases/purchases/refresh-due-purchases.ts'
import { adjustBalance } from '../../src/usecases/wallet/adjust-balance.ts'
import { buy, createDemo } from '../support/demo.ts'
import { openWorld, type World } from '../support/world.ts'

const ANONYMOUS = `$RCAnonymousID:${'ab12'.repeat(8)}`

/** A process that has read every customer before, and one that reads each for the first time. */
function readersOf({ database, clock }: World, projectId: string) {
  const statements: string[] = []
  const counted: Query = (statement, values) => {
    statements.push(statement.name)
    return database.query(statement, values)
  }
  const holding = createReads(counted, clock)
  return {
    statements,
    held: (appUserId: string) => holding.customers.view(projectId, appUserId),
    fresh: (appUserId: string) => createReads(database.query, clock).customers.view(projectId, appUserId),
  }
}

it('a customer who was read before looks in every situation as one who was not', async () => {
  const world = await openWorld()
  try {
    const { ctx, clock } = world
    const demo = await createDemo(ctx)
    const { projectId } = demo
    const { held, fresh } = readersOf(world, projectId)
    const looksTheSame = async () => {
      for (const name of ['ann', 'ben', ANONYMOUS]) expect(await held(name)).toEqual(await fresh(name))
    }
    const steps: (() => Promise<unknown>)[] = [
      () => buy(ctx, demo, ANONYMOUS, 'pro_monthly'),
      () => buy(ctx, demo, 'ben', 'credits_500'),
      () =>
        adjustBalance(ctx, {
          projectId,
          userId: 'ben',
          currency: 'CRD',
          amount: 5,
          reason: 'test',
          idempotencyKey: 'one',
          actor: 'test',
          requestId: '1',
        }),
      () => buy(ctx, demo, 'ben', 'pro_annual'),
      // The name becomes another customer's, who may be at the revision that the first had.
      () => identifyCustomer(ctx, { projectId, appUserId: ANONYMOUS, newAppUserId: 'ben' }),
      () => identifyCustomer(ctx, { projectId, appUserId: ANONYMOUS, newAppUserId: 'ann' }),
      async () => {
        clock.advance(40 * DAY_MS)
        await refreshDuePurchases(ctx)
      },
    ]
    await looksTheSame()
    for (const step of steps) {
      await step()
      await looksTheSame()
      await looksTheSame()
    }
    expect((await held('ben'))?.purchases.length).toBeGreaterThanOrEqual(2)
  } finally {
    await world.close()
  }
})

it('an unchanged customer costs one small statement, and the facts are the same objects', async () => {
  const world = await openWorld()
  try {
    const { ctx } = world
    const demo = await createDemo(ctx)
    await buy(ctx, demo, 'ann', 'pro_monthly')
    const { held, statements } = readersOf(world, demo.projectId)
    const first = await held('ann')
    statements.length = 0
    const again = await held('ann')
    expect(statements).toEqual(['customers.asked'])
    expect(again?.purchases).toBe(first?.purchases)
    await buy(ctx, demo, 'ann', 'credits_500')
    expect((await held('ann'))?.purchases).toHaveLength(2)
  } finally {
    await world.close()
  }
})
