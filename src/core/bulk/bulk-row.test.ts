import { expect, test } from 'vitest'
import { type BulkRow, keyOfRow, lanesOf, wholeUsers } from './bulk-row.ts'

const rows = (users: string) => [...users].map((userId, index) => ({ userId, number: index + 1 }) as BulkRow)
const usersOf = (some: readonly BulkRow[]) => some.map(({ userId }) => userId).join('')

test('rows of one user stay in their order, and users do not wait for each other', () => {
  const lanes = lanesOf(rows('abacab'))
  expect(lanes.map((lane) => lane.map(({ number }) => number))).toEqual([[1, 3, 5], [2, 6], [4]])
})

test('a user whose rows may go on is left for the next slice, unless there is nobody else', () => {
  expect(usersOf(wholeUsers(rows('aabbc'), false))).toBe('aabb')
  expect(usersOf(wholeUsers(rows('aabbc'), true))).toBe('aabbc')
  expect(usersOf(wholeUsers(rows('aaaa'), false))).toBe('aaaa')
  expect(wholeUsers([], false)).toEqual([])
})

test('a row has the key of its file, or one that only it can have', () => {
  expect(keyOfRow('bulk1', { number: 7, idempotencyKey: null })).toBe('bulk1:7')
  expect(keyOfRow('bulk1', { number: 7, idempotencyKey: 'may-7' })).toBe('may-7')
})
