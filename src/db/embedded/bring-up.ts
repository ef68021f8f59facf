import { setTimeout as sleep } from 'node:timers/promises'
import { endOrphans, findEarlierServer, removeMisleadingLocks } from './earlier-server.ts'
import { EmbeddedError } from './embedded-error.ts'
import { waitUntilReady } from './ready.ts'
import { adopt, launch, type RunningServer } from './running-server.ts'
import { logMark, logSince } from './server-log.ts'
import type { ServerPlan } from './server-plan.ts'
import { stopServer } from './stop-server.ts'

/** After a kill of the postmaster its children leave within about 2 s; those that do not are ended, so this is plenty. */
const OBSTACLE_PATIENCE_MS = 20_000
/** How long children of a killed postmaster may take to leave by themselves. */
const ORPHAN_PATIENCE_MS = 2_000
const OBSTACLE_PAUSE_MS = 150

export type LogLine = { level: 'info' | 'warn' | 'error'; message: string }

type Surroundings = {
  log: (line: LogLine) => void
  now: () => number
  /** Aborted when the supervisor is told to stop meanwhile. */
  signal: AbortSignal
}

/** Whether the server's last words name an obstacle that goes away: remains of a server that was just killed. */
export function isPassingObstacle(words: string): boolean {
  return /pre-existing shared memory block|lock file ".*" (already exists|is empty)|could not (bind|create) Unix/.test(
    words,
  )
}

/**
 * Gets the server running and accepting connections: adopts the one an earlier process left, or stops it and starts our own.
 *
 * @throws EmbeddedError `start-failed` with the server's own words.
 */
export async function bringUp(plan: ServerPlan, around: Surroundings): Promise<RunningServer> {
  const { log, now, signal } = around
  const since = now()
  for (;;) {
    signal.throwIfAborted()
    const earlier = await findEarlierServer(plan)
    if (earlier.verdict === 'adopt' || earlier.verdict === 'stop') {
      const kept = await takeOver(earlier.pid, earlier.verdict === 'adopt', plan, around)
      if (kept !== undefined) return kept
    } else {
      for (const file of await removeMisleadingLocks(plan)) {
        log({ level: 'info', message: `Removed ${file}, which a dead database server left.` })
      }
    }
    const attempt = await startOnce(plan, around)
    if (typeof attempt !== 'string') return attempt
    if (!isPassingObstacle(attempt) || now() - since > OBSTACLE_PATIENCE_MS) {
      throw new EmbeddedError('start-failed', `The database server did not start (log: ${plan.logFile}):\n${attempt}`)
    }
    if (now() - since > ORPHAN_PATIENCE_MS) {
      const count = await endOrphans(plan)
      if (count > 0) log({ level: 'warn', message: `Ended ${count} left-over processes of a killed database server.` })
    }
    await sleep(OBSTACLE_PAUSE_MS, undefined, { signal })
  }
}

/** Adopts a running server if it may be and answers, else stops it. */
async function takeOver(
  pid: number,
  mayAdopt: boolean,
  plan: ServerPlan,
  { log, now, signal }: Surroundings,
): Promise<RunningServer | undefined> {
  const server = adopt(pid)
  const notice = (message: string) => log({ level: 'info', message })
  if (mayAdopt) {
    const readiness = await waitUntilReady(server, plan.socketDir, now, notice, signal)
    // The same path may hold another minor version by now; then a restart is due.
    const current = readiness.kind === 'ready' && (readiness.version ?? plan.version) === plan.version
    if (current) {
      log({ level: 'info', message: `Took over the running database server (pid ${pid}) of an earlier process.` })
      return server
    }
  }
  log({ level: 'info', message: `Stopping the database server (pid ${pid}) of an earlier process to start it anew.` })
  if (!(await stopServer(server, (message) => log({ level: 'warn', message })))) {
    throw new EmbeddedError(
      'start-failed',
      `An earlier database server (pid ${pid}) on ${plan.clusterDir} cannot be stopped.`,
    )
  }
  return undefined
}

/** One start of the program. Returns its last words when it gave up. */
async function startOnce(plan: ServerPlan, { log, now, signal }: Surroundings): Promise<RunningServer | string> {
  const mark = await logMark(plan.logFile)
  const warn = (message: string) => log({ level: 'warn', message })
  const server = await launch(plan).catch((error: unknown) => {
    throw new EmbeddedError('start-failed', `${plan.program} cannot be run: ${String(error)}`, { cause: error })
  })
  try {
    const readiness = await waitUntilReady(
      server,
      plan.socketDir,
      now,
      (message) => log({ level: 'info', message }),
      signal,
    )
    if (readiness.kind === 'ready') return server
    if (readiness.kind === 'ended') return (await logSince(plan.logFile, mark)) || readiness.reason
    await stopServer(server, warn)
    throw new EmbeddedError('start-failed', `The database server runs but cannot be used: ${String(readiness.cause)}`, {
      cause: readiness.cause,
    })
  } catch (error) {
    await stopServer(server, warn)
    throw error
  }
}
