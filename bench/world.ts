import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import { newDataFolder } from '../test/support/data-folder.ts'
import { freePort, type ServerProcess, startServer } from '../test/support/server-process.ts'

const CUSTOMERS_AT_ONCE = 32

/** A server of its own with a demo project, and its data folder. */
export async function withServer<Value>(
  work: (server: ServerProcess, dataDir: string) => Promise<Value>,
  settings: Record<string, string> = {},
): Promise<Value> {
  const folder = await newDataFolder()
  const server = await startServer(folder.path, settings)
  try {
    return await work(server, folder.path)
  } finally {
    await server.stop()
    await folder.remove()
  }
}

export async function withConstantServer<Value>(bytes: number, work: (url: string) => Promise<Value>): Promise<Value> {
  const port = await freePort()
  const script = join(import.meta.dirname, 'constant-server.ts')
  const child: ChildProcess = spawn(process.execPath, [script, String(port), String(bytes)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  if (child.stdout === null) throw new Error('the constant server has no output')
  await once(child.stdout, 'data')
  try {
    return await work(`http://127.0.0.1:${port}/constant`)
  } finally {
    child.kill()
    await once(child, 'exit')
  }
}

/** Makes customers `bench-0` to `bench-<count - 1>`, as the first call of an app does. */
export async function createCustomers(server: ServerProcess, count: number): Promise<void> {
  const headers = { authorization: `Bearer ${server.credentials.test_store_key}` }
  let next = 0
  const worker = async () => {
    while (next < count) {
      const answer = await fetch(`${server.url}/v1/subscribers/bench-${next++}`, { headers })
      if (!answer.ok) throw new Error(`a customer was answered with ${answer.status}: ${await answer.text()}`)
      await answer.arrayBuffer()
    }
  }
  await Promise.all(Array.from({ length: CUSTOMERS_AT_ONCE }, worker))
}

/** Lets a new customer buy, so that there is something to read. */
export async function buy(server: ServerProcess, userId: string, productId: string): Promise<void> {
  const answer = await fetch(`${server.url}/v1/receipts`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${server.credentials.test_store_key}`,
      'content-type': 'application/json',
      'x-platform': 'web',
    },
    body: JSON.stringify({
      app_user_id: userId,
      product_id: productId,
      fetch_token: `test_${Date.now()}_${randomUUID()}`,
    }),
  })
  if (!answer.ok) throw new Error(`a purchase was answered with ${answer.status}: ${await answer.text()}`)
}
