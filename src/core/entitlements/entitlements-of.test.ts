import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Catalog, Product } from '../catalog/catalog.ts'
import { product, purchase, START } from '../purchases/fixtures/chain.ts'
import { accessEndsAt } from '../purchases/purchase.ts'
import { entitlementsOf } from './entitlements-of.ts'
import { grantOf } from './fixtures/grants.ts'

function catalog(...products: Product[]): Catalog {
  return {
    projectId: 'proj',
    products: new Map(products.map((item) => [item.productId, item])),
    offerings: [],
    currencies: [],
  }
}

const MONTHLY = product('monthly')
const LIFETIME = product('lifetime', { type: 'non_consumable', period: null })
const CATALOG = catalog(MONTHLY, LIFETIME)

describe('an entitlement', () => {
  test('that two products unlock survives the end of one: the access that ends last counts', () => {
    const short = purchase({ purchaseId: 'short', expiresAt: START + 10 })
    const long = purchase({ purchaseId: 'long', expiresAt: START + 90 })
    for (const bought of [
      [short, long],
      [long, short],
    ]) {
      expect(entitlementsOf(bought, [], CATALOG)).toMatchObject([{ lookupKey: 'pro', expiresAt: START + 90 }])
    }
  })

  test('for ever beats every end, and of two equal ends the later purchase is named', () => {
    const subscription = purchase({ expiresAt: START * 2 })
    const lifetime = purchase({ purchaseId: 'life', productId: 'lifetime', type: 'non_consumable', expiresAt: null })
    expect(entitlementsOf([subscription, lifetime], [], CATALOG)).toMatchObject([
      { purchase: { purchaseId: 'life' }, expiresAt: null },
    ])
    const later = { ...lifetime, purchaseId: 'later', purchasedAt: START + 1 }
    expect(entitlementsOf([later, lifetime], [], CATALOG)).toMatchObject([{ purchase: { purchaseId: 'later' } }])
  })

  test('that has lapsed is still told, with its end', () => {
    expect(entitlementsOf([purchase({ expiresAt: START - 5 })], [], CATALOG)).toMatchObject([{ expiresAt: START - 5 }])
  })

  test('ends with grace and with a refund, as the purchase does', () => {
    const inGrace = purchase({ expiresAt: START, graceExpiresAt: START + 16 })
    expect(entitlementsOf([inGrace], [], CATALOG)).toMatchObject([{ expiresAt: START + 16 }])
    expect(entitlementsOf([{ ...inGrace, refundedAt: START + 2 }], [], CATALOG)).toMatchObject([
      { expiresAt: START + 2 },
    ])
  })

  test('that is bought and granted ends when the last of both does, and is needed in no catalogue to be granted', () => {
    const bought = purchase({ expiresAt: START + 50 })
    const granted = (days: number, parts = {}) => grantOf({ expiresAt: START + days, grantedAt: START, ...parts })
    expect(entitlementsOf([bought], [granted(40)], CATALOG)).toMatchObject([{ expiresAt: START + 50, grant: null }])
    expect(entitlementsOf([bought], [granted(60)], CATALOG)).toMatchObject([{ expiresAt: START + 60, purchase: null }])
    const revoked = granted(60, { revokedAt: START + 9 })
    expect(entitlementsOf([bought], [revoked], CATALOG)).toMatchObject([{ expiresAt: START + 50 }])
    expect(entitlementsOf([], [revoked], CATALOG)).toMatchObject([{ expiresAt: START + 9 }])
    expect(entitlementsOf([], [granted(60)], catalog())).toMatchObject([{ lookupKey: 'pro', expiresAt: START + 60 }])
  })

  test('of a refunded one-time purchase is gone: clients would take it for endless', () => {
    const refunded = purchase({ productId: 'lifetime', type: 'non_consumable', expiresAt: null, refundedAt: START + 1 })
    expect(entitlementsOf([refunded], [], CATALOG)).toEqual([])
  })

  test('follows the catalogue backwards in time when a product is attached or detached', () => {
    const attached = catalog({ ...MONTHLY, entitlements: ['plus', 'pro'] })
    expect(entitlementsOf([purchase()], [], attached).map((held) => held.lookupKey)).toEqual(['plus', 'pro'])
    expect(entitlementsOf([purchase()], [], catalog({ ...MONTHLY, entitlements: [] }))).toEqual([])
    expect(entitlementsOf([purchase()], [], catalog())).toEqual([])
  })
})

test('with any purchases in any order, access lasts exactly as long as the purchase that ends last', () => {
  const bought = fc.array(
    fc.record({ expiresAt: fc.option(fc.nat(100)), refundedAt: fc.option(fc.nat(100)), purchasedAt: fc.nat(100) }),
    { minLength: 1, maxLength: 6 },
  )
  fc.assert(
    fc.property(bought, (facts) => {
      const purchases = facts.map((fact) => purchase(fact))
      const ends = purchases.map((item) => accessEndsAt(item) ?? Number.POSITIVE_INFINITY)
      const [held] = entitlementsOf(purchases, [], CATALOG)
      expect(held?.expiresAt ?? Number.POSITIVE_INFINITY).toBe(Math.max(...ends))
      expect(entitlementsOf([...purchases].reverse(), [], CATALOG)[0]?.expiresAt).toBe(held?.expiresAt)
    }),
  )
})
