import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { MUTANTS } from './mutants.ts'
import { runSeed } from './run-seed.ts'
import { realTransactions } from './simulated-context.ts'
import { openShop, type SimulatedShop } from './simulated-shop.ts'

/** Seeds within which a mistake is noticed: few of those that are run for the server itself. */
const SEEDS_MAX = 60

let shop: SimulatedShop
beforeAll(async () => {
  shop = await openShop()
})
afterAll(() => shop.close())

describe('the auditor notices a server that', () => {
  test.each(MUTANTS)('$mistake', async ({ openTransactions, complaint }) => {
    const complaints: string[] = []
    for (let seed = 1; seed <= SEEDS_MAX && !complaints.some((one) => complaint.test(one)); seed++) {
      const { problems } = await runSeed(shop, seed, openTransactions)
      complaints.push(...problems)
    }
    expect(complaints.find((one) => complaint.test(one)) ?? complaints.slice(0, 5).join('\n')).toMatch(complaint)
  })
})

test('of the server as it is there is nothing to complain about', async () => {
  const { problems } = await runSeed(shop, 1, realTransactions)
  expect(problems).toEqual([])
})
