import { randomUUID } from 'node:crypto'
import { load } from './load.ts'
import { against, alone, type Benchmark, median } from './measurement.ts'
import { pgbenchAdjust } from './pgbench.ts'
import { buy, withServer } from './world.ts'

const ROUNDS = 3
const WALLETS = 200
const HOT_WALLET = 'bench-0'

/** Adjustments over HTTP, against `pgbench` writing the same rows in one transaction per change on the same server. */
export const adjust: Benchmark = {
  name: 'adjust',
  run: () =>
    withServer(async (server, dataDir) => {
      for (let user = 0; user < WALLETS; user++) await buy(server, `bench-${user}`, 'credits_500')
      const request = (nextUser: () => string) =>
        load({
          url: `${server.url}/admin/credits/adjust`,
          method: 'POST',
          headers: { authorization: `Bearer ${server.credentials.admin_secret}`, 'content-type': 'application/json' },
          body: () =>
            JSON.stringify({ user_id: nextUser(), amount: 1, reason: 'benchmark', idempotency_key: randomUUID() }),
        })
      let count = 0
      const spread = []
      const hot = []
      const limits = []
      for (let round = 0; round < ROUNDS; round++) {
        limits.push(await pgbenchAdjust(dataDir))
        spread.push(await request(() => `bench-${count++ % WALLETS}`))
        hot.push(await request(() => HOT_WALLET))
      }
      const perSecond = (loads: { perSecond: number }[]) => median(loads.map((one) => one.perSecond))
      return [
        against(
          `adjust over HTTP on ${WALLETS} wallets, against pgbench`,
          'changes/s',
          perSecond(spread),
          median(limits),
        ),
        against('adjust over HTTP on one hot wallet, against pgbench', 'changes/s', perSecond(hot), median(limits)),
        alone('adjust over HTTP, p99', 'ms', median(spread.map((one) => one.p99Ms))),
      ]
    }),
}
