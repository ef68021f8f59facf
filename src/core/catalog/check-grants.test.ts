import { expect, test } from 'vitest'
import type { ProductGrant, ProductType } from './catalog.ts'
import { checkGrants } from './check-grants.ts'

const TYPES: ReadonlyMap<string, ProductType> = new Map([
  ['monthly', 'subscription'],
  ['coins', 'consumable'],
  ['forever', 'non_consumable'],
])

function grant(productId: string, expireAtCycleEnd = false): ProductGrant {
  return { productId, amount: 100, trialAmount: 0, expireAtCycleEnd }
}

test('a currency may be fed by every kind of product, and by none', () => {
  expect(checkGrants([grant('monthly', true), grant('coins'), grant('forever')], TYPES).ok).toBe(true)
  expect(checkGrants([], TYPES).ok).toBe(true)
})

test('only units of a subscription have a cycle at whose end they can lapse', () => {
  for (const productId of ['coins', 'forever']) {
    expect(checkGrants([grant('monthly'), grant(productId, true)], TYPES)).toEqual({
      ok: false,
      refusal: { code: 'one_time_grant_expires', productId },
    })
  }
})

test('a product is named once, and is one of the project', () => {
  expect(checkGrants([grant('coins'), grant('coins')], TYPES)).toMatchObject({
    refusal: { code: 'product_granted_twice', productId: 'coins' },
  })
  expect(checkGrants([grant('coins'), grant('elsewhere')], TYPES)).toMatchObject({
    refusal: { code: 'product_unknown', productId: 'elsewhere' },
  })
})
