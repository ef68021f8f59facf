import { expect, test } from 'vitest'
import { isPermitted } from './permissions.ts'

const READ = 'customer_information:purchases:read'
const WRITE = 'customer_information:purchases:read_write'

test('whoever may write may read, and not the other way round', () => {
  expect(isPermitted([WRITE], READ)).toBe(true)
  expect(isPermitted([READ], WRITE)).toBe(false)
})

test('a scope opens its own resource alone', () => {
  expect(isPermitted(['customer_information:customers:read_write'], READ)).toBe(false)
  expect(isPermitted(['customer_information'], READ)).toBe(false)
  expect(isPermitted([], READ)).toBe(false)
})

test('the star opens everything', () => {
  expect(isPermitted(['*'], WRITE)).toBe(true)
})
