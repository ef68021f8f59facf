import { randomUUID } from 'node:crypto'
import { adjustBalance } from '../src/usecases/wallet/adjust-balance.ts'
import { against, alone, type Benchmark, median } from './measurement.ts'
import { type Bench, withContext } from './open-context.ts'
import { pgbenchAdjust } from './pgbench.ts'

const ROUNDS = 3
const WALLETS = 10_000
const SECONDS = 3
/** Changes wanted at a time. */
const IN_FLIGHT = 256

/** Adjustments by the use case, without HTTP, against `pgbench` writing the same rows on the same server. */
export const groupCommit: Benchmark = {
  name: 'group-commit',
  run: () =>
    withContext(async (bench) => {
      await bench.createCustomers(WALLETS)
      const spread: Run[] = []
      const hot: Run[] = []
      const single: Run[] = []
      const limits: number[] = []
      const hotLimits: number[] = []
      for (let round = 0; round < ROUNDS; round++) {
        limits.push(await pgbenchAdjust(bench.dataDir, WALLETS))
        spread.push(await run(bench, WALLETS, IN_FLIGHT))
        hotLimits.push(await pgbenchAdjust(bench.dataDir, 1))
        hot.push(await run(bench, 1, IN_FLIGHT))
        single.push(await run(bench, WALLETS, 1))
      }
      const rate = (runs: readonly Run[]) => median(runs.map((one) => one.perSecond))
      const unit = 'changes/s'
      return [
        against(`adjust on ${WALLETS} wallets, against pgbench`, unit, rate(spread), median(limits)),
        alone('the same, p99', 'ms', median(spread.map((one) => one.p99Ms))),
        against('adjust on one hot wallet, against pgbench', unit, rate(hot), median(hotLimits)),
        alone('the same, p99', 'ms', median(hot.map((one) => one.p99Ms))),
        alone('one adjustment at a time, p50', 'ms', median(single.map((one) => one.p50Ms))),
      ]
    }),
}

type Run = { perSecond: number; p50Ms: number; p99Ms: number }

async function run({ ctx, projectId }: Bench, wallets: number, inFlight: number): Promise<Run> {
  const startedAt = performance.now()
  const end = startedAt + SECONDS * 1_000
  const latencies: number[] = []
  let count = 0
  const worker = async () => {
    while (performance.now() < end) {
      const askedAt = performance.now()
      const done = await adjustBalance(ctx, {
        projectId,
        userId: `bench-${count++ % wallets}`,
        currency: 'CRD',
        amount: 1,
        reason: 'benchmark',
        idempotencyKey: randomUUID(),
        actor: 'bench',
        requestId: '0123456789abcdef',
      })
      if (!done.ok) throw new Error(`an adjustment was refused: ${done.refusal.code}`)
      latencies.push(performance.now() - askedAt)
    }
  }
  await Promise.all(Array.from({ length: inFlight }, worker))
  const perSecond = latencies.length / ((performance.now() - startedAt) / 1_000)
  latencies.sort((one, other) => one - other)
  const at = (share: number) => latencies[Math.floor(latencies.length * share)] ?? Number.NaN
  return { perSecond, p50Ms: at(0.5), p99Ms: at(0.99) }
}
