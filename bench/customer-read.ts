import { load } from './load.ts'
import { against, alone, type Benchmark, median } from './measurement.ts'
import { buy, withConstantServer, withServer } from './world.ts'

const ROUNDS = 3
const USER = 'bench-reader'

/** Customer info with a subscription and two one-time purchases, against the same HTTP server answering a constant of that size. */
export const customerRead: Benchmark = {
  name: 'customer-read',
  run: () =>
    withServer(async (server) => {
      for (const product of ['pro_monthly', 'credits_500', 'credits_500']) await buy(server, USER, product)
      const url = `${server.url}/v1/subscribers/${USER}`
      const headers = { authorization: `Bearer ${server.credentials.test_store_key}` }
      const bytes = (await (await fetch(url, { headers })).text()).length
      return withConstantServer(bytes, async (constantUrl) => {
        const reads = []
        const constants = []
        for (let round = 0; round < ROUNDS; round++) {
          constants.push(await load({ url: constantUrl, method: 'GET', headers }))
          reads.push(await load({ url, method: 'GET', headers }))
        }
        const perSecond = (loads: { perSecond: number }[]) => median(loads.map((one) => one.perSecond))
        return [
          against('customer read over HTTP, against a constant', 'requests/s', perSecond(reads), perSecond(constants)),
          alone('customer read over HTTP, p99', 'ms', median(reads.map((one) => one.p99Ms))),
          alone('size of the answer', 'bytes', bytes),
        ]
      })
    }),
}
