import { expect, test } from 'vitest'
import { ofMonth, revenuecatBody, TOLD_START } from '../../../src/core/incoming/fixtures/revenuecat-events.ts'
import { balanceOf } from '../../support/demo.ts'
import { lifeOf } from '../../support/history.ts'
import { addStoreApp, applyEvents, receive, tell } from '../../support/revenuecat.ts'
import { newShopPerStory } from '../../support/story.ts'

/** Guarantee: notices from outside may come twice, in a form nobody knows, or before a crash. */
const shop = newShopPerStory(TOLD_START + 10_000)
const projectId = () => shop.demo.projectId
const life = () => lifeOf(shop, projectId(), 'user-42')
const balance = () => balanceOf(shop.ctx, projectId(), 'user-42')

test('trap 6: each notice thrice is one event', async () => {
  await addStoreApp(shop.ctx, projectId())
  const notices = [ofMonth('INITIAL_PURCHASE', 0), ofMonth('CANCELLATION', 0, { cancel_reason: 'UNSUBSCRIBE' })]
  await tell(shop.ctx, projectId(), ...notices, ...notices, ...notices)
  expect(await life()).toEqual(['INITIAL_PURCHASE', 'CANCELLATION'])
  expect(await balance()).toBe(500)
})

test('trap 7: a notice that was stored before a crash is applied after it, once', async () => {
  await addStoreApp(shop.ctx, projectId())
  await receive(shop.ctx, projectId(), ofMonth('INITIAL_PURCHASE', 0))
  expect(await life()).toEqual([])
  await applyEvents(shop.ctx)
  await applyEvents(shop.ctx)
  expect(await life()).toEqual(['INITIAL_PURCHASE'])
  expect(await balance()).toBe(500)
})

test('trap 10: a type that nobody has heard of is taken, kept and changes nothing', async () => {
  await addStoreApp(shop.ctx, projectId())
  await tell(shop.ctx, projectId(), revenuecatBody({ type: 'MOON_PHASE_CHANGED', id: 'E9', store: 'MOON_STORE' }))
  await tell(shop.ctx, projectId(), ofMonth('INITIAL_PURCHASE', 0))
  expect(await life()).toEqual(['INITIAL_PURCHASE'])
  const kept = await shop.ctx.read.incoming.inStatus(projectId(), 'ignored', 10)
  expect(kept.map(({ eventId }) => eventId)).toEqual(['E9'])
})
