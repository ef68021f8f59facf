import { type AdjustmentRun, runAdjustments } from './adjustments.ts'
import { against, alone, type Benchmark, median } from './measurement.ts'
import { withContext } from './open-context.ts'
import { pgbenchAdjust } from './pgbench.ts'

const ROUNDS = 3
const WALLETS = 10_000
/** Changes wanted at a time. */
const IN_FLIGHT = 256

/** Adjustments by the use case, without HTTP, against `pgbench` writing the same rows on the same server. */
export const groupCommit: Benchmark = {
  name: 'group-commit',
  run: () =>
    withContext(async (bench) => {
      await bench.createCustomers(WALLETS)
      const spread: AdjustmentRun[] = []
      const hot: AdjustmentRun[] = []
      const single: AdjustmentRun[] = []
      const limits: number[] = []
      const hotLimits: number[] = []
      for (let round = 0; round < ROUNDS; round++) {
        limits.push(await pgbenchAdjust(bench.dataDir, WALLETS))
        spread.push(await runAdjustments(bench, WALLETS, IN_FLIGHT))
        hotLimits.push(await pgbenchAdjust(bench.dataDir, 1))
        hot.push(await runAdjustments(bench, 1, IN_FLIGHT))
        single.push(await runAdjustments(bench, WALLETS, 1))
      }
      const rate = (runs: readonly AdjustmentRun[]) => median(runs.map((one) => one.perSecond))
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
