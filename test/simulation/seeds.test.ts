import { expect, test } from 'vitest'
import { type Coverage, count, missing } from './coverage.ts'
import { keepFailure } from './keep-failure.ts'
import { runSeed } from './run-seed.ts'
import { ownTransactions, realTransactions } from './simulated-context.ts'
import { openShop } from './simulated-shop.ts'
import { simulationSettings } from './simulation-settings.ts'

/** Seeds that are run at the same time, each in a shop of its own: while one waits for the database, the other goes on. */
const SHOPS = 2
/** After so many failures the rest would tell nothing new. */
const FAILURES_MAX = 5
/** One seed in so many runs with a transaction for every write, as a server does whose groups are switched off. */
const OWN_EVERY = 4

const { seeds, times, isWhole } = simulationSettings(process.env)
const isOne = seeds.length === 1

/** Guarantee: README.md of this folder lists what holds after every run. */
test(`whatever clients and faults do in ${isOne ? `seed ${seeds[0]}` : `${seeds.length} seeds`}, the ledger is right`, async () => {
  const waiting = Array.from({ length: times }, () => seeds).flat()
  const coverage: Coverage = new Map()
  const failures: string[] = []
  const startedAt = performance.now()
  await Promise.all(Array.from({ length: SHOPS }, () => runInShop(waiting, coverage, failures)))
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1)
  const [requests, faults] = [coverage.get('requests') ?? 0, coverage.get('faults') ?? 0]
  const done = seeds.length * times - waiting.length
  process.stdout.write(`simulation: ${done} runs, ${requests} requests, ${faults} faults in ${seconds} s\n`)
  expect(failures.join('\n')).toBe('')
  if (isWhole) expect(missing(coverage)).toEqual([])
})

async function runInShop(waiting: number[], coverage: Coverage, failures: string[]): Promise<void> {
  const shop = await openShop()
  try {
    while (failures.length < FAILURES_MAX) {
      const seed = waiting.shift()
      if (seed === undefined) return
      const result = await runSeed(shop, seed, seed % OWN_EVERY === 0 ? ownTransactions : realTransactions)
      count(coverage, result.run)
      if (result.problems.length > 0) failures.push(await keepFailure(result))
      if (result.isStuck) return
    }
  } finally {
    await shop.close()
  }
}
