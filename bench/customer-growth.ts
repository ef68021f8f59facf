import type { ServerProcess } from '../test/support/server-process.ts'
import { copyCustomer, copyName } from './customer-copies.ts'
import { type Load, load } from './load.ts'
import { against, type Benchmark, type Measurement, median } from './measurement.ts'
import { postReceipts } from './receipts.ts'
import { buy, withServer } from './world.ts'

const ROUNDS = 3
const SIZES = [10_000, 100_000, 1_000_000]
/** Customers asked for, of every size as many: what a process holds of them is then no advantage of the small ones. */
const ASKED = 10_000
/** Their distance: a prime, so that those asked for lie all over the tables. */
const STEP = 7_919

/** Customer reads and receipts with ten thousand to a million customers: neither may depend on how many there are. */
export const customerGrowth: Benchmark = {
  name: 'customer-growth',
  isLong: true,
  run: () =>
    withServer(async (server, dataDir) => {
      await buy(server, 'reader', 'pro_monthly')
      const measurements: Measurement[] = []
      let small: { reads: number; receipts: number } | null = null
      let filled = 0
      for (const size of SIZES) {
        await copyCustomer({ dataDir, projectId: server.credentials.project_id }, 'reader', filled, size)
        filled = size
        const { reads, receipts } = await measure(server, size)
        small ??= { reads, receipts }
        const than = `against ${SIZES[0]}`
        measurements.push(against(`customer read with ${size} customers, ${than}`, 'requests/s', reads, small.reads))
        measurements.push(against(`receipts with ${size} customers, ${than}`, 'receipts/s', receipts, small.receipts))
      }
      return measurements
    }),
}

async function measure(server: ServerProcess, size: number): Promise<{ reads: number; receipts: number }> {
  const headers = { authorization: `Bearer ${server.credentials.test_store_key}` }
  const nameAt = (index: number) => copyName((index * STEP) % size)
  const targets = Array.from({ length: ASKED }, (_, index) => ({
    path: `/v1/subscribers/${nameAt(index)}`,
    headers: {},
  }))
  const reads: Load[] = []
  const receipts: Load[] = []
  for (let round = 0; round < ROUNDS; round++) {
    reads.push(await load({ url: server.url, method: 'GET', headers, targets, status: 200 }))
    receipts.push(await postReceipts(server, nameAt))
  }
  const rate = (loads: readonly Load[]) => median(loads.map((one) => one.perSecond))
  return { reads: rate(reads), receipts: rate(receipts) }
}
