import { expect, test } from 'vitest'
import type { TestingAccess } from '../../src/core/entitlements/testing-access.ts'
import { setTestingAccess } from '../../src/usecases/projects/set-customer-rules.ts'
import { buy } from '../support/demo.ts'
import { newShopPerStory } from '../support/story.ts'
import { configureUsage, consumeAs, usedBy } from '../support/usage.ts'

const shop = newShopPerStory()

const set = (access: TestingAccess) => setTestingAccess(shop.ctx, shop.demo.projectId, access)
const standsAs = async (user: string) => (await usedBy(shop.ctx, shop.demo.projectId, user)).tier
const canUse = async (user: string) => (await consumeAs(shop.ctx, shop.demo.projectId, user, 'ask')).ok

test('a sandbox purchase lifts nobody into a tier who is not let in, when it is read and when it is used', async () => {
  await configureUsage(shop.ctx, shop.demo.projectId, {
    meters: [],
    actions: [{ id: 'ask', cost: { credits: 1 } }],
    tiers: [
      { id: 'free', default: true, caps: { credits: 0 } },
      { id: 'paid', entitlements: ['pro'], caps: { credits: 10 } },
    ],
  })
  // Without units of their own: the tier alone decides.
  for (const user of ['tess', 'ben']) await buy(shop.ctx, shop.demo, user, 'pro_annual')
  expect([await standsAs('tess'), await standsAs('ben')]).toEqual(['paid', 'paid'])
  await set({ mode: 'allow_listed', appUserIds: new Set(['tess']) })
  expect([await standsAs('tess'), await standsAs('ben')]).toEqual(['paid', 'free'])
  expect([await canUse('tess'), await canUse('ben')]).toEqual([true, false])
  await set({ mode: 'nobody' })
  expect([await canUse('tess'), await canUse('ben')]).toEqual([false, false])
  await set({ mode: 'anybody' })
  expect([await canUse('tess'), await canUse('ben')]).toEqual([true, true])
})
