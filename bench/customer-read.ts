import type { ServerProcess } from '../test/support/server-process.ts'
import { copyCustomer, copyName } from './customer-copies.ts'
import { type Load, load } from './load.ts'
import { against, alone, type Benchmark, type Measurement, median } from './measurement.ts'
import { buy, withConstantServer, withServer } from './world.ts'

const ROUNDS = 3
const SIZES = [1, 10, 100]
/** Customers asked in turn: no two requests of one moment are about the same. */
const CUSTOMERS = 100

type Target = { path: string; headers: Record<string, string> }

/**
 * Customer info of customers with 1, 10 and 100 purchases, changed since the caller asked (200) and unchanged (304),
 * against the same HTTP server answering a constant of the size of the whole answer.
 */
export const customerRead: Benchmark = {
  name: 'customer-read',
  run: async () => {
    const measurements: Measurement[] = []
    for (const size of SIZES) {
      measurements.push(...(await withServer((server, dataDir) => measure(server, dataDir, size))))
    }
    return measurements
  },
}

async function measure(server: ServerProcess, dataDir: string, size: number): Promise<Measurement[]> {
  const headers = { authorization: `Bearer ${server.credentials.test_store_key}` }
  const changed = await customersOfSize(server, dataDir, size)
  const { bytes, targets: unchanged } = await withTags(server, headers, changed)
  return withConstantServer(bytes, async (url) => {
    const runs: Record<'constant' | 'changed' | 'unchanged', Load[]> = { constant: [], changed: [], unchanged: [] }
    for (let round = 0; round < ROUNDS; round++) {
      runs.constant.push(await load({ url, method: 'GET', headers }))
      runs.changed.push(await load({ url: server.url, method: 'GET', headers, targets: changed, status: 200 }))
      runs.unchanged.push(await load({ url: server.url, method: 'GET', headers, targets: unchanged, status: 304 }))
    }
    const rate = (loads: readonly Load[]) => median(loads.map((one) => one.perSecond))
    const p99 = (loads: readonly Load[]) => median(loads.map((one) => one.p99Ms))
    const name = `customer read, ${size} ${size === 1 ? 'purchase' : 'purchases'}`
    return [
      against(`${name}, changed, against a constant`, 'requests/s', rate(runs.changed), rate(runs.constant)),
      against(`${name}, unchanged, against a constant`, 'requests/s', rate(runs.unchanged), rate(runs.constant)),
      alone(`${name}, changed, p99`, 'ms', p99(runs.changed)),
      alone(`${name}, unchanged, p99`, 'ms', p99(runs.unchanged)),
      alone(`${name}, size of the answer`, 'bytes', bytes),
    ]
  })
}

/** One customer buys a subscription and one-time products, and the others are copies. */
async function customersOfSize(server: ServerProcess, dataDir: string, size: number): Promise<Target[]> {
  for (let index = 0; index < size; index++) await buy(server, 'reader', index === 0 ? 'pro_monthly' : 'credits_500')
  await copyCustomer({ dataDir, projectId: server.credentials.project_id }, 'reader', 0, CUSTOMERS)
  return Array.from({ length: CUSTOMERS }, (_, index) => ({
    path: `/v1/subscribers/${copyName(index)}`,
    headers: { 'x-revenuecat-etag': '' },
  }))
}

async function withTags(
  server: ServerProcess,
  headers: Record<string, string>,
  targets: readonly Target[],
): Promise<{ bytes: number; targets: Target[] }> {
  let bytes = 0
  const tagged: Target[] = []
  for (const { path } of targets) {
    const answer = await fetch(`${server.url}${path}`, { headers })
    const tag = answer.headers.get('x-revenuecat-etag')
    if (answer.status !== 200 || tag === null) throw new Error(`${path} was answered with ${answer.status}`)
    bytes = (await answer.text()).length
    tagged.push({ path, headers: { 'x-revenuecat-etag': tag } })
  }
  return { bytes, targets: tagged }
}
