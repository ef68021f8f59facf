import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import type { Credentials } from '../../src/app/credentials-file.ts'

/** A Purser that runs as a user runs it: a process of its own, on a port and in a data folder of its own. */
export type ServerProcess = {
  url: string
  pid: number
  credentials: Credentials
  output(): string
  /** Ends it at once, as a power cut would. */
  kill(): Promise<void>
  /** Ends it as an operator would. Answers the exit code. */
  stop(): Promise<number | null>
}

const READY_WITHIN_MS = 60_000
const POLL_MS = 50
const MAIN = join(import.meta.dirname, '..', '..', 'src', 'main.ts')

/** Limits that a flood of test requests does not meet. */
const LIFTED = {
  PURSER_RATE_ADMIN_ADJUST: '1000000',
  PURSER_RATE_ADMIN_HOLDS: '1000000',
  PURSER_RATE_ADMIN_BALANCES: '1000000',
  PURSER_RATE_ADMIN_CURRENCIES: '1000000',
  PURSER_RATE_BOOTSTRAP: '1000000',
}

export async function startServer(dataDir: string, env: Record<string, string> = {}): Promise<ServerProcess> {
  const port = Number(env.PURSER_PORT ?? (await freePort()))
  const child = spawn(process.execPath, [MAIN, 'serve', '--demo'], {
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      PURSER_PORT: String(port),
      PURSER_DATA_DIR: dataDir,
      PURSER_LOG_FORMAT: 'json',
      PURSER_LOG_LEVEL: 'warn',
      ...LIFTED,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const lines: string[] = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => lines.push(chunk.toString()))
  const url = `http://127.0.0.1:${port}`
  await untilReady(url, child, () => lines.join(''))
  const credentials = JSON.parse(await readFile(join(dataDir, 'credentials.json'), 'utf8')) as Credentials
  return {
    url,
    pid: child.pid ?? 0,
    credentials,
    output: () => lines.join(''),
    kill: () => end(child, 'SIGKILL').then(() => undefined),
    stop: () => end(child, 'SIGTERM'),
  }
}

/** Waits until the server answers that it is ready; fails with its output when it ends or takes too long. */
export async function untilReady(url: string, child: ChildProcess | null, output: () => string): Promise<void> {
  const deadline = performance.now() + READY_WITHIN_MS
  while (performance.now() < deadline) {
    if (child !== null && child.exitCode !== null) throw new Error(`the server ended while starting:\n${output()}`)
    const ready = await fetch(`${url}/ready`, { signal: AbortSignal.timeout(1_000) }).catch(() => null)
    await ready?.body?.cancel()
    if (ready?.ok) return
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
  throw new Error(`the server was not ready in time:\n${output()}`)
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode
  const ended = once(child, 'exit')
  child.kill(signal)
  await ended
  return child.exitCode
}

/** A port that nobody listens on now. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  if (address === null || typeof address === 'string') throw new Error('no free port')
  return address.port
}
