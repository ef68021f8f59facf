import type { ServerProcess } from '../test/support/server-process.ts'
import { alone, type Benchmark } from './measurement.ts'
import { createCustomers, withServer } from './world.ts'

const ROWS = 100_000
const WALLETS = 10_000
const POLL_MS = 250

type BulkWire = { bulk_id: string; state: string; progress: { done: number; refused: number } }

/** A file of many grants, from its upload to its last row: each row one audited change under a key of its own. */
export const bulkGrants: Benchmark = {
  name: 'bulk-grants',
  isLong: true,
  run: () =>
    withServer(async (server) => {
      await createCustomers(server, WALLETS)
      const lines = Array.from({ length: ROWS }, (_, row) => `bench-${row % WALLETS},1,CRD,benchmark`)
      const startedAt = performance.now()
      const { bulk_id } = await ask(server, 'POST', '', ['user_id,amount,currency,reason', ...lines].join('\n'))
      const uploadedAt = performance.now()
      await ask(server, 'POST', `/${bulk_id}/start`)
      const done = await untilDone(server, bulk_id)
      if (done.progress.done !== ROWS) throw new Error(`not all rows were done: ${JSON.stringify(done)}`)
      return [
        alone(`upload of ${ROWS} rows`, 's', (uploadedAt - startedAt) / 1_000),
        alone(
          `bulk grant of ${ROWS} rows over ${WALLETS} wallets`,
          'rows/s',
          (ROWS * 1_000) / (performance.now() - uploadedAt),
        ),
      ]
    }),
}

async function untilDone(server: ServerProcess, bulkId: string): Promise<BulkWire> {
  for (;;) {
    const bulk = await ask(server, 'GET', `/${bulkId}`)
    if (bulk.state !== 'running') return bulk
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
}

async function ask(server: ServerProcess, method: string, path: string, csv?: string): Promise<BulkWire> {
  const answer = await fetch(`${server.url}/admin/credits/bulk${path}`, {
    method,
    headers: {
      authorization: `Bearer ${server.credentials.admin_secret}`,
      ...(csv === undefined ? {} : { 'content-type': 'text/csv' }),
    },
    ...(csv === undefined ? {} : { body: csv }),
  })
  if (!answer.ok) throw new Error(`${method} ${path} was answered with ${answer.status}: ${await answer.text()}`)
  return (await answer.json()) as BulkWire
}
