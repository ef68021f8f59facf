import { describe, expect, test } from 'vitest'
import type { Catalog } from '../catalog/catalog.ts'
import { grantOf } from '../entitlements/fixtures/grants.ts'
import { product, purchase, START } from '../purchases/fixtures/chain.ts'
import type { Purchase } from '../purchases/purchase.ts'
import { configWith } from './fixtures/configs.ts'
import { standingOf } from './standing.ts'

const PRODUCTS = [
  product('plus', { storeProductId: 'com.example.plus', entitlements: ['plus'] }),
  product('pro', { storeProductId: 'com.example.pro', entitlements: ['pro', 'plus'] }),
  product('life', { storeProductId: 'com.example.life', type: 'non_consumable', period: null, entitlements: ['pro'] }),
]
const CATALOG: Catalog = {
  projectId: 'proj',
  products: new Map(PRODUCTS.map((item) => [item.productId, item])),
  offerings: [],
  currencies: [],
}
const CAPS = { questions: 1, tts: 1, credits: 1 }
const BY_PRODUCT = [
  { id: 'free', default: true, caps: CAPS },
  { id: 'plus', products: ['com.example.plus'], caps: CAPS },
  { id: 'pro', products: ['com.example.pro', 'com.example.life'], caps: CAPS },
]
const BY_ENTITLEMENT = [
  { id: 'plus', entitlements: ['plus'], caps: CAPS },
  { id: 'pro', entitlements: ['pro'], caps: CAPS },
  { id: 'free', default: true, caps: CAPS },
]
const has = (...purchases: Purchase[]) => ({ purchases, grants: [], creditsCap: null })
const PLUS = purchase({ purchaseId: 'a', productId: 'plus', expiresAt: START + 50 })
const PRO = purchase({ purchaseId: 'b', productId: 'pro', expiresAt: START + 10 })

describe.each([
  ['products', BY_PRODUCT],
  ['entitlements', BY_ENTITLEMENT],
])('a tier by %s', (_by, tiers) => {
  const stand = (purchases: Purchase[], now = START) => {
    const { tier, storeProductId } = standingOf(configWith({ tiers }), has(...purchases), CATALOG, now)
    return [tier.id, storeProductId]
  }

  test('is the highest that is active, in any order of purchases, and the default without any', () => {
    expect(stand([PLUS, PRO])).toEqual(['pro', 'com.example.pro'])
    expect(stand([PRO, PLUS])).toEqual(['pro', 'com.example.pro'])
    expect(stand([])).toEqual(['free', null])
  })

  test('ends with the access, at that very instant, and the next lower one counts', () => {
    expect(stand([PLUS, PRO], START + 9)).toEqual(['pro', 'com.example.pro'])
    expect(stand([PLUS, PRO], START + 10)).toEqual(['plus', 'com.example.plus'])
    expect(stand([PLUS, PRO], START + 50)).toEqual(['free', null])
  })

  test('is lost with a refund, and kept while the store tries to charge', () => {
    expect(stand([{ ...PRO, refundedAt: START + 1 }], START + 1)).toEqual(['free', null])
    expect(stand([{ ...PRO, graceExpiresAt: START + 90 }], START + 60)).toEqual(['pro', 'com.example.pro'])
  })

  test('is for ever with what was bought for ever', () => {
    const life = purchase({ purchaseId: 'c', productId: 'life', type: 'non_consumable', expiresAt: null })
    expect(stand([life, PRO], START * 2)).toEqual(['pro', 'com.example.life'])
  })
})

describe('a billing cycle', () => {
  const config = configWith({ tiers: BY_PRODUCT, period: { kind: 'billing_cycle', timezone: 'UTC' } })
  const cycle = (purchases: Purchase[]) => standingOf(config, has(...purchases), CATALOG, START).period

  test('is that of the subscription behind the tier, which goes on through a grace period', () => {
    expect(cycle([PLUS, PRO])).toEqual({
      key: `cycle/${new Date(PRO.purchasedAt).toISOString()}`,
      resetsAt: START + 10,
    })
    expect(cycle([{ ...PRO, graceExpiresAt: START + 90 }]).resetsAt).toBe(START + 90)
  })

  test('does not exist for what was paid once', () => {
    const life = purchase({ productId: 'life', type: 'non_consumable', expiresAt: null })
    expect(cycle([life]).key).toBe('2026-01')
  })
})

test('a granted entitlement leads to its tier while it runs, with no period of its own; products do not', () => {
  const grants = [grantOf({ lookupKey: 'pro', grantedAt: START, expiresAt: START + 20 })]
  const stand = (tiers: typeof BY_ENTITLEMENT | typeof BY_PRODUCT, now: number, purchases: Purchase[] = []) => {
    const held = standingOf(configWith({ tiers }), { purchases, grants, creditsCap: null }, CATALOG, now)
    return [held.tier.id, held.purchase?.purchaseId ?? null]
  }
  expect(stand(BY_ENTITLEMENT, START)).toEqual(['pro', null])
  expect(stand(BY_ENTITLEMENT, START + 20)).toEqual(['free', null])
  expect(stand(BY_ENTITLEMENT, START, [PLUS])).toEqual(['pro', null])
  expect(stand(BY_ENTITLEMENT, START, [PRO])).toEqual(['pro', 'b'])
  expect(stand(BY_PRODUCT, START)).toEqual(['free', null])
})
