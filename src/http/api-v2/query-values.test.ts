import { expect, test } from 'vitest'
import { ApiFault } from './api-fault.ts'
import { queryValues } from './query-values.ts'

test('numbers and truth get their types, in the spellings that clients have', () => {
  expect(queryValues({ limit: '-3', include_empty_balances: 'True', starting_after: '7' })).toEqual({
    limit: -3,
    include_empty_balances: true,
    starting_after: '7',
  })
  expect(queryValues({ include_empty_balances: '0' })).toEqual({ include_empty_balances: false })
})

test('what cannot be read stays as it was, for the schema to refuse', () => {
  const query = { limit: '1e3', include_empty_balances: 'constructor' }
  expect(queryValues(query)).toEqual(query)
  expect(queryValues({ limit: ['1', '2'] })).toEqual({ limit: ['1', '2'] })
})

test('there is nothing to expand', () => {
  expect(() => queryValues({ expand: 'items.product' })).toThrow(ApiFault)
})
