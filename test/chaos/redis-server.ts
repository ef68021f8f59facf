import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createClient } from '@redis/client'
import { freePort } from '../support/server-process.ts'

/** A Redis of the test's own, which the test may hurt. */
export type RedisServer = {
  readonly url: string
  /** Ends it at once, as a power cut would. */
  kill(): Promise<void>
  /** Starts it again at the same place. */
  start(): Promise<void>
  /** Freezes it: connections stay open and nothing answers. `start` thaws it. */
  freeze(): void
  /** Cuts the connections of all clients while it goes on itself. */
  cutClients(): Promise<void>
}

const READY_WITHIN_MS = 20_000
const POLL_MS = 20

/** Starts a Redis on a free port of this machine, without a file and with its folder below the given one. */
export async function startRedis(path: string, folder: string): Promise<RedisServer> {
  const port = await freePort()
  const url = `redis://127.0.0.1:${port}`
  let child: ChildProcess | null = null
  let isFrozen = false
  const start = async (): Promise<void> => {
    if (child !== null && isFrozen) {
      child.kill('SIGCONT')
      isFrozen = false
    }
    if (child !== null) return
    const args = ['--port', port, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder]
    child = spawn(path, args.map(String), { stdio: 'ignore' })
    await untilAnswers(url)
  }
  await start()
  return {
    url,
    async kill() {
      if (child === null) return
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
      child = null
      isFrozen = false
    },
    start,
    freeze() {
      if (child === null) return
      child.kill('SIGSTOP')
      isFrozen = true
    },
    cutClients: () => withClient(url, (client) => client.sendCommand(['CLIENT', 'KILL', 'TYPE', 'pubsub'])),
  }
}

async function untilAnswers(url: string): Promise<void> {
  const deadline = performance.now() + READY_WITHIN_MS
  while (performance.now() < deadline) {
    const isThere = await withClient(url, (client) => client.sendCommand(['PING'])).then(
      () => true,
      () => false,
    )
    if (isThere) return
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
  throw new Error('Redis was not ready in time')
}

type Commands = { sendCommand(args: string[]): Promise<unknown> }

async function withClient(url: string, work: (client: Commands) => Promise<unknown>): Promise<void> {
  const client = createClient({ url, socket: { reconnectStrategy: false } })
  client.on('error', () => undefined)
  try {
    await client.connect()
    await work(client)
  } finally {
    client.destroy()
  }
}
