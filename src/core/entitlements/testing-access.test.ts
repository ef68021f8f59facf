import { expect, test } from 'vitest'
import { purchase } from '../purchases/fixtures/chain.ts'
import { purchasesInForce, sandboxCounts } from './testing-access.ts'

test('sandbox purchases count for anybody unless the project says otherwise', () => {
  expect(sandboxCounts(undefined, [])).toBe(true)
  expect(sandboxCounts({ mode: 'anybody' }, [])).toBe(true)
  expect(sandboxCounts({ mode: 'nobody' }, ['anna'])).toBe(false)
})

test('on a list of testers any of the names of a customer counts, letter case included', () => {
  const listed = { mode: 'allow_listed', appUserIds: new Set(['anna']) } as const
  expect(sandboxCounts(listed, ['phone', 'anna'])).toBe(true)
  expect(sandboxCounts(listed, ['Anna'])).toBe(false)
  expect(sandboxCounts(listed, [])).toBe(false)
})

test('only sandbox purchases are withheld', () => {
  const [real, test] = [purchase({ environment: 'production' }), purchase({ environment: 'sandbox' })]
  expect(purchasesInForce([real, test], false)).toEqual([real])
  expect(purchasesInForce([real, test], true)).toEqual([real, test])
})
