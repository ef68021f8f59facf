import { setTimeout as sleep } from 'node:timers/promises'
import type { RunningServer } from './running-server.ts'

/**
 * Signals and how long each may take. SIGINT is a fast shutdown: open transactions are rolled back, everything is written out
 * (64 MB at most, but the disk may be slow). SIGQUIT leaves at once and the next start recovers from the log. SIGKILL is for a
 * server stuck in the kernel; its children then leave by themselves or are ended by the next start.
 */
const STOP_STEPS: ReadonlyArray<readonly [NodeJS.Signals, number]> = [
  ['SIGINT', 30_000],
  ['SIGQUIT', 10_000],
  ['SIGKILL', 5_000],
]

/** Stops a server in bounded time. Returns false when it is still there afterwards. */
export async function stopServer(
  server: RunningServer,
  warn: (message: string) => void,
  steps: ReadonlyArray<readonly [NodeJS.Signals, number]> = STOP_STEPS,
): Promise<boolean> {
  for (const [signal, patienceMs] of steps) {
    if (server.hasEnded()) return true
    server.signal(signal)
    if (await endsWithin(server, patienceMs)) return true
    warn(`The database server (pid ${server.pid}) has not stopped ${patienceMs / 1000} s after ${signal}.`)
  }
  return server.hasEnded()
}

async function endsWithin(server: RunningServer, patienceMs: number): Promise<boolean> {
  const timer = new AbortController()
  const timeout = sleep(patienceMs, false, { signal: timer.signal }).catch(() => false)
  const ended = await Promise.race([server.ended.then(() => true), timeout])
  timer.abort()
  return ended
}
