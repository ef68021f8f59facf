import { randomUUID } from 'node:crypto'
import type { ServerProcess } from '../test/support/server-process.ts'
import { type Load, load } from './load.ts'
import { against, alone, type Benchmark, type Measurement, median } from './measurement.ts'
import { pgbenchAdjust } from './pgbench.ts'
import { createCustomers, withServer } from './world.ts'

const ROUNDS = 3
const WALLETS = 10_000
/** Requests on their way at a time. */
const CONNECTIONS = 256

/**
 * Adjustments over HTTP, against `pgbench` writing the same rows in one transaction per change on the same server, and
 * against the same server giving every change a transaction of its own.
 */
export const adjust: Benchmark = {
  name: 'adjust',
  run: () =>
    withServer((grouped, dataDir) =>
      withServer((ungrouped) => measure(grouped, ungrouped, dataDir), { PURSER_DATABASE_GROUP_MAX: '1' }),
    ),
}

async function measure(grouped: ServerProcess, ungrouped: ServerProcess, dataDir: string): Promise<Measurement[]> {
  for (const server of [grouped, ungrouped]) await createCustomers(server, WALLETS)
  const spread: Load[] = []
  const ungroupedRuns: Load[] = []
  const hot: Load[] = []
  const limits: number[] = []
  const hotLimits: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    limits.push(await pgbenchAdjust(dataDir, WALLETS))
    spread.push(await adjustments(grouped, WALLETS))
    ungroupedRuns.push(await adjustments(ungrouped, WALLETS))
    hotLimits.push(await pgbenchAdjust(dataDir, 1))
    hot.push(await adjustments(grouped, 1))
  }
  const rate = (loads: readonly Load[]) => median(loads.map((one) => one.perSecond))
  const p99 = (loads: readonly Load[]) => median(loads.map((one) => one.p99Ms))
  const unit = 'changes/s'
  return [
    against(`adjust over HTTP on ${WALLETS} wallets, against pgbench`, unit, rate(spread), median(limits)),
    against('the same, against the server without grouping', unit, rate(spread), rate(ungroupedRuns)),
    alone('the same, p99', 'ms', p99(spread)),
    alone('without grouping, p99', 'ms', p99(ungroupedRuns)),
    against('adjust over HTTP on one hot wallet, against pgbench', unit, rate(hot), median(hotLimits)),
    alone('the same, p99', 'ms', p99(hot)),
  ]
}

function adjustments(server: ServerProcess, wallets: number): Promise<Load> {
  let count = 0
  return load({
    url: `${server.url}/admin/credits/adjust`,
    method: 'POST',
    connections: CONNECTIONS,
    headers: { authorization: `Bearer ${server.credentials.admin_secret}`, 'content-type': 'application/json' },
    body: () =>
      JSON.stringify({
        user_id: `bench-${count++ % wallets}`,
        amount: 1,
        reason: 'benchmark',
        idempotency_key: randomUUID(),
      }),
  })
}
