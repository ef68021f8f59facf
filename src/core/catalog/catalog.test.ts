import { expect, test } from 'vitest'
import { CATALOG } from '../purchases/fixtures/chain.ts'
import { findCurrency, findStoreProduct, grantsOfProduct } from './catalog.ts'

test('a product is found by its name at the store, in its own app alone', () => {
  expect(findStoreProduct(CATALOG, 'app1', 'monthly')?.productId).toBe('monthly')
  expect(findStoreProduct(CATALOG, 'app2', 'monthly')).toBeNull()
  expect(findStoreProduct(CATALOG, 'app1', 'yearly')).toBeNull()
})

test('a product may feed several currencies, and a currency several products', () => {
  expect(grantsOfProduct(CATALOG, 'monthly').map(({ currency, grant }) => [currency, grant.amount])).toEqual([
    ['CRD', 500],
    ['GEM', 3],
  ])
  expect(grantsOfProduct(CATALOG, 'coins').map(({ currency }) => currency)).toEqual(['CRD'])
  expect(grantsOfProduct(CATALOG, 'yearly')).toEqual([])
})

test('a currency is found by its code, letter by letter', () => {
  expect(findCurrency(CATALOG, 'CRD')?.name).toBe('Credits')
  expect(findCurrency(CATALOG, 'crd')).toBeNull()
})
