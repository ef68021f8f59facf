import { randomUUID } from 'node:crypto'
import type { ServerProcess } from '../test/support/server-process.ts'
import { type Load, load } from './load.ts'
import { against, alone, type Benchmark, median } from './measurement.ts'
import { pgbench } from './pgbench.ts'
import { receiptScript } from './receipt-rows.ts'
import { buy, createCustomers, withServer } from './world.ts'

const ROUNDS = 3
const CUSTOMERS = 2_000
const CONNECTIONS = 64

/** Receipts of the Test Store over HTTP, against `pgbench` writing the rows of such a purchase without deciding anything. */
export const receipts: Benchmark = {
  name: 'receipts',
  run: () =>
    withServer(async (server, dataDir) => {
      await createCustomers(server, CUSTOMERS)
      await buy(server, 'template', 'credits_500')
      const script = await receiptScript(dataDir, 'template', CUSTOMERS)
      const runs: Load[] = []
      const limits: number[] = []
      for (let round = 0; round < ROUNDS; round++) {
        limits.push(await pgbench(dataDir, script))
        runs.push(await postReceipts(server, (index) => `bench-${index % CUSTOMERS}`))
      }
      const rate = median(runs.map((one) => one.perSecond))
      return [
        against('receipts over HTTP, against pgbench', 'receipts/s', rate, median(limits)),
        alone('receipts over HTTP, p99', 'ms', median(runs.map((one) => one.p99Ms))),
      ]
    }),
}

/** New purchases of customers in turn, for a few seconds. */
export function postReceipts(server: ServerProcess, nameOf: (index: number) => string): Promise<Load> {
  let count = 0
  return load({
    url: `${server.url}/v1/receipts`,
    method: 'POST',
    connections: CONNECTIONS,
    headers: {
      authorization: `Bearer ${server.credentials.test_store_key}`,
      'content-type': 'application/json',
      'x-platform': 'web',
    },
    body: () =>
      JSON.stringify({
        app_user_id: nameOf(count++),
        product_id: 'credits_500',
        fetch_token: `test_${Date.now()}_${randomUUID()}`,
      }),
  })
}
