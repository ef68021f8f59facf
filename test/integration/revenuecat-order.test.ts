import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  afterDays,
  MONTH_MS,
  ofMonth,
  refundOf,
  revenuecatBody,
  TOLD_START,
} from '../../src/core/incoming/fixtures/revenuecat-events.ts'
import { DAY_MS, HOUR_MS } from '../../src/core/lib/clock.ts'
import { ATTEMPTS_MAX, applyDueEvents } from '../../src/usecases/incoming/apply-due-events.ts'
import type { Ctx } from '../../src/usecases/ports.ts'
import { auditDatabase } from '../support/audit.ts'
import { balanceOf, buy, createDemo, newToken } from '../support/demo.ts'
import { eventsOf } from '../support/history.ts'
import { addStoreApp, applyEvents, type Body, CLOSED_POLICY, receive, tell } from '../support/revenuecat.ts'
import { newShopPerStory } from '../support/story.ts'
import { openWorld } from '../support/world.ts'

const USER_7 = { app_user_id: 'user-7', aliases: ['user-7'], original_app_user_id: 'user-7' }

const story = [
  ofMonth('INITIAL_PURCHASE', 0),
  afterDays('CANCELLATION', 0, 2, { cancel_reason: 'UNSUBSCRIBE' }),
  refundOf(0, 4),
  ofMonth('RENEWAL', 1),
  ofMonth('RENEWAL', 2, { product_id: 'pro_lapsing' }),
  revenuecatBody({
    type: 'TRANSFER',
    id: 'T1',
    transferred_from: ['user-42'],
    transferred_to: ['user-7'],
    event_timestamp_ms: TOLD_START + 2 * MONTH_MS + DAY_MS,
  }),
  afterDays('EXPIRATION', 2, 30, { product_id: 'pro_lapsing', ...USER_7 }),
]

async function play(bodies: readonly Body[]) {
  const world = await openWorld(TOLD_START + 4 * MONTH_MS)
  try {
    const { projectId } = await createDemo(world.ctx)
    await addStoreApp(world.ctx, projectId)
    await tell(world.ctx, projectId, ...bodies)
    const of = async (user: string) => {
      const view = await world.ctx.read.customers.view(projectId, user)
      // Identifiers are another world's, and as of when something was told is the order's own.
      const purchases = (view?.purchases ?? []).map(
        ({ purchaseId, appId, productId, asOf, formerProducts, ...facts }) => ({
          ...facts,
          former: formerProducts.map(({ productId: formerId, ...former }) => former),
        }),
      )
      return { purchases, balance: await balanceOf(world.ctx, projectId, user) }
    }
    expect(await auditDatabase(world.database)).toEqual([])
    return { giver: await of('user-42'), taker: await of('user-7') }
  } finally {
    await world.close()
  }
}

it('the events of a story, in any order and with repeats, leave the same purchases, owners and balances', async () => {
  const told = await play(story)
  expect(told.giver).toEqual({ purchases: [], balance: 500 })
  expect(told.taker).toMatchObject({ purchases: [{ renewalNumber: 3, autoRenews: false }], balance: 0 })
  const orders = fc.shuffledSubarray([...story, ...story], { minLength: story.length * 2 })
  for (const order of fc.sample(orders, { numRuns: 4, seed: 11 })) expect(await play(order)).toEqual(told)
})

describe('workers', () => {
  const shop = newShopPerStory(TOLD_START + 10_000)

  it('several at once, on the same events, do everything once', async () => {
    const { ctx } = shop
    const { projectId } = shop.demo
    await addStoreApp(ctx, projectId)
    for (const body of [ofMonth('INITIAL_PURCHASE', 0), ofMonth('RENEWAL', 1), afterDays('CANCELLATION', 1, 1)]) {
      await receive(ctx, projectId, body)
    }
    await Promise.all([1, 2, 3, 4].map(() => applyEvents(ctx)))
    expect(await balanceOf(ctx, projectId, 'user-42')).toBe(1_000)
    const told = (await eventsOf(shop, projectId, 'user-42')).map(({ type }) => type)
    expect(told.filter((type) => type === 'RENEWAL')).toHaveLength(1)
  })

  it('an event that fails is tried again later and later, holds up nobody, and is put aside in the end', async () => {
    const { projectId } = shop.demo
    await addStoreApp(shop.ctx, projectId)
    const other = { app_user_id: 'bert', aliases: ['bert'], original_app_user_id: 'bert' }
    const chain = { id: 'B', transaction_id: 'b1', original_transaction_id: 'b1' }
    await receive(shop.ctx, projectId, ofMonth('INITIAL_PURCHASE', 0))
    await receive(shop.ctx, projectId, ofMonth('INITIAL_PURCHASE', 0, { ...other, ...chain }))
    const failing = failingFor(shop.ctx, 'tx1')
    const failures: unknown[] = []
    const run = () => applyDueEvents(failing, CLOSED_POLICY, (event) => failures.push(event.eventId))
    await run()
    expect(failures).toEqual(['INITIAL_PURCHASE-0'])
    expect([await balanceOf(shop.ctx, projectId, 'bert'), await balanceOf(shop.ctx, projectId, 'user-42')]).toEqual([
      500, 0,
    ])
    await run()
    expect(failures).toHaveLength(1)
    for (let attempt = 1; attempt < ATTEMPTS_MAX; attempt++) {
      shop.clock.advance(HOUR_MS)
      await run()
    }
    shop.clock.advance(DAY_MS)
    await run()
    expect(failures).toHaveLength(ATTEMPTS_MAX)
    const parked = await shop.ctx.read.incoming.inStatus(projectId, 'parked', 10)
    expect(parked).toMatchObject([{ outcome: 'failed', problem: 'the database said no', attempts: ATTEMPTS_MAX }])
  })

  it('a failure that passes leaves no trace', async () => {
    const { projectId } = shop.demo
    await addStoreApp(shop.ctx, projectId)
    await receive(shop.ctx, projectId, ofMonth('INITIAL_PURCHASE', 0))
    await applyDueEvents(failingFor(shop.ctx, 'tx1'), CLOSED_POLICY, () => undefined)
    shop.clock.advance(HOUR_MS)
    await applyEvents(shop.ctx)
    expect(await balanceOf(shop.ctx, projectId, 'user-42')).toBe(500)
  })

  it('a purchase that the app posted too is one purchase, and gives its units once, whoever comes first', async () => {
    const { ctx, demo } = shop
    const policy = { ...CLOSED_POLICY, appliesSandbox: true }
    const bodyOf = (token: string) =>
      revenuecatBody({
        type: 'NON_RENEWING_PURCHASE',
        id: token,
        store: 'TEST_STORE',
        environment: 'SANDBOX',
        product_id: 'credits_500',
        transaction_id: token,
        original_transaction_id: token,
        expiration_at_ms: null,
      })
    const [first, second] = [newToken(ctx), newToken(ctx)]
    await buy(ctx, demo, 'user-42', 'credits_500', first)
    await receive(ctx, demo.projectId, bodyOf(first))
    await receive(ctx, demo.projectId, bodyOf(second))
    await applyEvents(ctx, policy)
    await buy(ctx, demo, 'user-42', 'credits_500', second)
    expect(await balanceOf(ctx, demo.projectId, 'user-42')).toBe(1_000)
    const view = await ctx.read.customers.view(demo.projectId, 'user-42')
    expect(view?.purchases).toHaveLength(2)
  })
})

/** A context whose transactions fail as soon as they look at one chain. */
function failingFor(ctx: Ctx, chainId: string): Ctx {
  return {
    ...ctx,
    transaction: (work) =>
      ctx.transaction((tx) =>
        work({
          ...tx,
          incoming: {
            ...tx.incoming,
            lockChain(projectId, key) {
              if (key.chainId === chainId) throw new Error('the database said no')
              return tx.incoming.lockChain(projectId, key)
            },
          },
        }),
      ),
  }
}
