import { expect, test } from 'vitest'
import { ofMonth, TOLD_START } from '../../src/core/incoming/fixtures/revenuecat-events.ts'
import { ok } from '../../src/core/lib/result.ts'
import { replayEvents } from '../../src/usecases/incoming/replay-events.ts'
import type { StoreClaimKey } from '../../src/usecases/ports.ts'
import { setSandboxRestoreBehavior } from '../../src/usecases/projects/set-customer-rules.ts'
import { claimPurchase } from '../../src/usecases/purchases/claim-purchase.ts'
import { buy } from '../support/demo.ts'
import { addStoreApp, applyEvents, tell } from '../support/revenuecat.ts'
import { setRestoreBehavior } from '../support/shop.ts'
import { newShopPerStory } from '../support/story.ts'

/** Guarantee: what somebody else tells of a purchase decides as far as it may, and no farther. */
const shop = newShopPerStory(TOLD_START + 10_000)

const customerOf = async (appUserId: string) => {
  const found = await shop.ctx.read.customers.findByAppUserId(shop.demo.projectId, appUserId)
  if (found === null) throw new Error(`nobody is called ${appUserId}`)
  return found
}

async function stepsOf(purchaseId: string) {
  const steps = await shop.ctx.read.ownership.steps(shop.demo.projectId, [purchaseId], 10)
  return steps.get(purchaseId) ?? []
}

test('trap 48: what is told of nobody in particular stays unattached, and is found when it is told whose it is', async () => {
  const { ctx, demo } = shop
  await addStoreApp(ctx, demo.projectId)
  await buy(ctx, demo, 'anna', 'credits_500')
  await tell(ctx, demo.projectId, ofMonth('INITIAL_PURCHASE', 0, { app_user_id: 'null', aliases: [] }))
  expect(await ctx.read.incoming.inStatus(demo.projectId, 'parked', 10)).toMatchObject([
    { outcome: 'app_user_id_invalid' },
  ])
  expect(await ctx.read.purchases.ofCustomer(await customerOf('anna'))).toHaveLength(1)
  await replayEvents(ctx, demo.projectId, null)
  await applyEvents(ctx)
  expect(await ctx.read.incoming.inStatus(demo.projectId, 'applied', 10)).toEqual([])
})

test('news from a store leaves a purchase with its owner, whatever buyer it names and however generous the project is', async () => {
  const { ctx, demo } = shop
  await setRestoreBehavior(shop, demo, 'transfer')
  const { purchase } = await buy(ctx, demo, 'anna', 'pro_monthly')
  const key: StoreClaimKey = { ...purchase, projectId: demo.projectId }
  const claimed = await ctx.transaction((tx) =>
    claimPurchase(tx, ctx, demo.project, key, { by: 'store', appUserId: 'ben' }),
  )
  expect(claimed).toMatchObject({ ok: true, value: { customer: await customerOf('anna') } })
  expect(await ctx.read.customers.findByAppUserId(demo.projectId, 'ben')).toBeNull()
  expect(await stepsOf(purchase.purchaseId)).toMatchObject([{ cause: 'posted' }])
})

test('a purchase that RevenueCat tells of is recorded as told, also when it moves against our settings', async () => {
  const { ctx, demo } = shop
  await addStoreApp(ctx, demo.projectId)
  await setRestoreBehavior(shop, demo, 'error')
  await setSandboxRestoreBehavior(ctx, demo.projectId, 'error')
  await tell(ctx, demo.projectId, ofMonth('INITIAL_PURCHASE', 0))
  const [told] = await ctx.read.purchases.ofCustomer(await customerOf('user-42'))
  await ctx.transaction(async (tx) => {
    await tx.ownership.setRestoreBehavior(await customerOf('user-42'), 'error')
    return ok(null)
  })
  const moved = { app_user_id: 'user-7', aliases: ['user-7'], original_app_user_id: 'user-7' }
  await tell(ctx, demo.projectId, ofMonth('RENEWAL', 1, moved))
  const [owner, heir] = [await customerOf('user-42'), await customerOf('user-7')]
  expect(await stepsOf(told?.purchaseId ?? '')).toMatchObject([
    { cause: 'told', customerId: owner.customerId, fromCustomerId: null, appUserId: 'user-42', rule: null },
    { cause: 'told', customerId: heir.customerId, fromCustomerId: owner.customerId, appUserId: 'user-7', rule: null },
  ])
})

test('an id that is blocked gets nothing by what RevenueCat tells: the event waits for a person', async () => {
  const { ctx, demo } = shop
  await addStoreApp(ctx, demo.projectId)
  await ctx.transaction(async (tx) => {
    const blocked = { appUserId: 'user-42', reason: 'ZD-9', actor: 'admin', blockedAt: ctx.clock.now() }
    return ok(await tx.customerRules.block(demo.projectId, blocked))
  })
  await tell(ctx, demo.projectId, ofMonth('INITIAL_PURCHASE', 0))
  expect(await ctx.read.customers.findByAppUserId(demo.projectId, 'user-42')).toBeNull()
  expect(await ctx.read.incoming.inStatus(demo.projectId, 'parked', 10)).toMatchObject([
    { outcome: 'app_user_id_invalid', problem: 'the app user id is blocked in this project' },
  ])
})

test('a name that is blocked is left out of those that RevenueCat tells of, and the customer gets the purchase', async () => {
  const { ctx, demo } = shop
  await addStoreApp(ctx, demo.projectId)
  await ctx.transaction(async (tx) => {
    const blocked = { appUserId: 'old-name', reason: 'ZD-9', actor: 'admin', blockedAt: ctx.clock.now() }
    return ok(await tx.customerRules.block(demo.projectId, blocked))
  })
  await tell(ctx, demo.projectId, ofMonth('INITIAL_PURCHASE', 0, { aliases: ['user-42', 'old-name'] }))
  const owner = await customerOf('user-42')
  expect(await ctx.read.purchases.ofCustomer(owner)).toHaveLength(1)
  expect((await ctx.read.customers.aliases(owner)).map((name) => name.appUserId)).not.toContain('old-name')
})
