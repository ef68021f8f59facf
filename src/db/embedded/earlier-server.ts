import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { readIfPresent } from './file-facts.ts'
import { type PidFile, parsePidFile } from './pid-file.ts'
import { inspectProcess, listProcesses, type ProcessFacts } from './process-table.ts'
import { type ServerPlan, SOCKET_PORT } from './server-plan.ts'

/**
 * What to do about a `postmaster.pid` we find:
 * `none` nothing runs; `stale` the file names no server of ours; `adopt` exactly the server we would start is running;
 * `stop` a server of this folder runs, but with another binary or other settings, or it is about to end.
 */
type EarlierServer = { verdict: 'none' | 'stale' } | { verdict: 'adopt' | 'stop'; pid: number }

/** Judges a found `postmaster.pid` against the process that really has that pid. */
export function judgeEarlierServer(facts: {
  pidFile: PidFile | undefined
  process: ProcessFacts | undefined
  serverUid: number
  clusterDir: string
  expectedCommand: string
}): EarlierServer {
  const { pidFile, process: found, serverUid, clusterDir, expectedCommand } = facts
  if (pidFile === undefined) return { verdict: 'none' }
  if (found === undefined || found.uid !== serverUid) return { verdict: 'stale' }
  const programEnd = `${found.command} `.indexOf(` -D ${clusterDir} `)
  if (programEnd < 0 || !/(^|\/)postgres$/.test(found.command.slice(0, programEnd))) return { verdict: 'stale' }
  const verdict = found.command === expectedCommand && pidFile.status !== 'stopping' ? 'adopt' : 'stop'
  return { verdict, pid: pidFile.pid }
}

/** Looks for a server that an earlier, killed process of ours left running on this cluster. */
export async function findEarlierServer(plan: ServerPlan): Promise<EarlierServer> {
  const file = join(plan.clusterDir, 'postmaster.pid')
  const pidFile = parsePidFile((await readIfPresent(file)) ?? '')
  return judgeEarlierServer({
    pidFile,
    process: pidFile === undefined ? undefined : await inspectProcess(pidFile.pid),
    serverUid: plan.serverUid,
    clusterDir: plan.clusterDir,
    expectedCommand: [plan.program, ...plan.args].join(' '),
  })
}

/**
 * Removes lock files of a dead server that would stop the next one for ever: `postmaster.pid` and the socket's, when their pid
 * now belongs to another program or to a zombie that nobody reaps, or when the file is unreadable. PostgreSQL itself only dares
 * to remove those whose pid is free, which are left to it; and its own shared-memory check still protects the cluster from
 * children of a dead server.
 *
 * @returns the removed files.
 */
export async function removeMisleadingLocks(plan: ServerPlan): Promise<string[]> {
  const candidates = [
    join(plan.clusterDir, 'postmaster.pid'),
    // Nobody else may use the socket's folder, so its lock can only be our dead server's.
    join(plan.socketDir, `.s.PGSQL.${SOCKET_PORT}.lock`),
  ]
  const misleading: string[] = []
  for (const file of candidates) {
    const text = await readIfPresent(file)
    if (text === undefined) continue
    const pidFile = parsePidFile(text)
    if (pidFile === undefined || isTaken(pidFile.pid)) misleading.push(file)
  }
  if (misleading.length === 0) return []
  const serverLives = (await listProcesses()).some((entry) => `${entry.command} `.includes(` -D ${plan.clusterDir} `))
  if (serverLives) return []
  for (const file of misleading) await rm(file, { force: true })
  return misleading
}

function isTaken(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    // Free, or somebody else's process; PostgreSQL copes with both.
    return false
  }
}

/**
 * Ends server processes whose parent was killed. Most leave by themselves at once, but one that is busy computing does not
 * notice, and it keeps the shared memory that blocks the next start. Nothing they hold can be lost: their transaction was
 * never committed. They are recognised by the cluster's own name in the process title.
 *
 * @returns how many were told to end.
 */
export async function endOrphans(plan: ServerPlan): Promise<number> {
  const title = `postgres: ${plan.clusterName}: `
  const orphans = (await listProcesses()).filter(
    (entry) => entry.uid === plan.serverUid && entry.command.startsWith(title),
  )
  for (const orphan of orphans) {
    try {
      process.kill(orphan.pid, 'SIGKILL')
    } catch {
      // It left by itself meanwhile, which is what we want.
    }
  }
  return orphans.length
}
