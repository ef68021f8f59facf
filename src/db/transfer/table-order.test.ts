import { expect, it } from 'vitest'
import { inForeignKeyOrder } from './table-order.ts'

const table = (name: string, ...references: string[]) => ({ name, columns: [], references })
const order = (...tables: Parameters<typeof inForeignKeyOrder>[0]) => inForeignKeyOrder(tables).map(({ name }) => name)

it('puts a table after all that it refers to, at any distance', () => {
  expect(order(table('a', 'b', 'c'), table('b', 'd'), table('c'), table('d'))).toEqual(['c', 'd', 'b', 'a'])
})

it('is the same order whatever order the catalogue has', () => {
  const tables = [table('c', 'a'), table('b'), table('a')]
  expect(order(...tables)).toEqual(order(...tables.reverse()))
})

it('stops at keys in a circle or into their own table, which rows cannot be inserted in an order of', () => {
  expect(() => order(table('a', 'b'), table('b', 'a'))).toThrow(/a,b/)
  expect(() => order(table('a', 'a'))).toThrow(/a/)
})
