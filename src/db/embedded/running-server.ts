import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { lifeOf } from './process-table.ts'
import { identityOf, SERVER_ENVIRONMENT } from './run-as.ts'
import { openLog } from './server-log.ts'
import type { ServerPlan } from './server-plan.ts'

/** A live postmaster, started by us or found running. `ended` resolves, with a reason for people, when it is gone. */
export type RunningServer = {
  pid: number
  adopted: boolean
  ended: Promise<string>
  hasEnded: () => boolean
  signal: (signal: NodeJS.Signals) => void
}

/** How soon the end of an adopted server is noticed; a look costs some microseconds. */
const WATCH_INTERVAL_MS = 200

/**
 * Starts the server program directly, in a process group of its own: Ctrl-C in a terminal must reach Purser alone, which
 * then drains its requests before it stops the database.
 *
 * @throws the spawn error when the program cannot be run.
 */
export async function launch(plan: ServerPlan): Promise<RunningServer> {
  const log = await openLog(plan.logFile)
  try {
    const child = spawn(plan.program, plan.args, {
      ...identityOf(plan.user),
      cwd: '/',
      env: SERVER_ENVIRONMENT,
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
    })
    let over = false
    const ended = new Promise<string>((resolve) => {
      child.once('exit', (code, signal) => {
        over = true
        resolve(signal === null ? `exit code ${code}` : `signal ${signal}`)
      })
    })
    // Rejects on 'error', which is what a program that cannot be run answers.
    await once(child, 'spawn')
    child.on('error', () => undefined)
    // The database must not keep a process alive that has nothing else to do.
    child.unref()
    return {
      pid: child.pid ?? 0,
      adopted: false,
      ended,
      hasEnded: () => over,
      signal: (signal) => void child.kill(signal),
    }
  } finally {
    await log.close()
  }
}

/** Watches over a server that somebody else started. */
export function adopt(pid: number): RunningServer {
  const life = lifeOf(pid)
  const hasEnded = () => life === undefined || lifeOf(pid) !== life
  const ended = new Promise<string>((resolve) => {
    const watch = setInterval(() => {
      if (!hasEnded()) return
      clearInterval(watch)
      resolve('unknown cause, it was started by an earlier process')
    }, WATCH_INTERVAL_MS)
    watch.unref()
  })
  const signal = (name: NodeJS.Signals) => {
    try {
      if (!hasEnded()) process.kill(pid, name)
    } catch {
      // It left between the look and the signal.
    }
  }
  return { pid, adopted: true, ended, hasEnded, signal }
}
