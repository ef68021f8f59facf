import { expect, test } from 'vitest'
import { currencyToWire, grantsFromWire, grantsToWire } from './currency-to-wire.ts'

const OBJECT = 'virtual_currency.product_grant'

test('a currency says all of itself, with null for what it has not', () => {
  const currency = { code: 'GLD', name: 'Gold', description: null, createdAt: 1_000, archivedAt: 2_000, grants: [] }
  expect(currencyToWire('proj1', currency)).toEqual({
    object: 'virtual_currency',
    project_id: 'proj1',
    code: 'GLD',
    name: 'Gold',
    created_at: 1_000,
    description: null,
    product_grants: [],
    state: 'inactive',
  })
  expect(currencyToWire('proj1', { ...currency, archivedAt: null }).state).toBe('active')
})

test('grants come back as they were written', () => {
  const rows = [
    { object: OBJECT, product_ids: ['b', 'a'], amount: 5, trial_amount: 0, expire_at_cycle_end: false },
    { object: OBJECT, product_ids: ['c'], amount: 5, trial_amount: 1, expire_at_cycle_end: false },
    { object: OBJECT, product_ids: ['d'], amount: 5, trial_amount: 0, expire_at_cycle_end: false },
  ] as const
  const written = rows.map(({ product_ids, ...row }) => ({ ...row, product_ids: [...product_ids] }))
  expect(grantsToWire(grantsFromWire(written))).toEqual(rows)
})

test('what is left out or null is nothing', () => {
  const grant = { productId: 'a', amount: 5, trialAmount: 0, expireAtCycleEnd: false }
  expect(grantsFromWire([{ product_ids: ['a'], amount: 5 }])).toEqual([grant])
  expect(grantsFromWire([{ product_ids: ['a'], amount: 5, trial_amount: null, expire_at_cycle_end: null }])).toEqual([
    grant,
  ])
  expect(grantsFromWire(null)).toEqual([])
})
