import { totalmem } from 'node:os'
import { join } from 'node:path'
import { findBinaries } from './binaries.ts'
import type { LogLine } from './bring-up.ts'
import { claimHome } from './claim-home.ts'
import { clusterDirOf, ensureCluster } from './cluster.ts'
import { EmbeddedError } from './embedded-error.ts'
import { codeOf } from './file-facts.ts'
import { type Home, prepareDataDir, prepareHome } from './home.ts'
import { takeLock } from './lock.ts'
import { ensureDatabase } from './ready.ts'
import { RESTART_DELAYS_MS } from './restart-policy.ts'
import { clusterNameFor, DATABASE, SERVER_ROLE, type ServerPlan, SOCKET_PORT, serverArguments } from './server-plan.ts'
import { closeSocketFolder, openSocketFolder } from './socket-folder.ts'
import { Supervisor } from './supervisor.ts'

export type EmbeddedOptions = {
  /** The data folder; the cluster lives in its folder `postgres`, or elsewhere with a pointer file (see `clusterDir`). */
  dataDir: string
  /** Folder of `postgres` and `initdb`; without it the npm package is used, then the system's PostgreSQL. */
  binDir?: string
  log: (line: LogLine) => void
  /** Told once when the server keeps dying and the restarts are used up. The caller should exit, or start anew after `stop`. */
  onFailure?: (error: Error) => void
  /** Milliseconds of any steady clock; only differences count. */
  clock?: { now(): number }
}

export type EmbeddedServer = {
  connection: { host: string; port: number; user: string; database: string }
  /** Version of the server, such as `18.4`. */
  version: string
  pid: () => number
  clusterDir: string
  /** Whether the server was left running by an earlier process. */
  adopted: boolean
  /** Stops the server in bounded time and frees the data folder. End all clients first. Safe to call twice. */
  stop(): Promise<void>
}

/** What tests turn; a running Purser keeps the defaults. */
export type EmbeddedTuning = { systemDir: string; restartDelaysMs: readonly number[] }

/** Where clusters go whose server may not enter the data folder. */
const SYSTEM_DIR = '/var/lib/purser'

/**
 * Starts the embedded PostgreSQL server of a data folder, or takes over the one that an earlier, killed process left.
 *
 * @throws EmbeddedError whose `fault` says what is wrong and whose message says what to do.
 */
export async function startEmbedded(
  options: EmbeddedOptions,
  tuning: Partial<EmbeddedTuning> = {},
): Promise<EmbeddedServer> {
  try {
    const dataDir = await prepareDataDir(options.dataDir)
    const home = await prepareHome(dataDir, tuning.systemDir ?? SYSTEM_DIR)
    const unlock = await takeLock(home.folder, dataDir)
    try {
      return await startInHome(home, options, tuning, unlock)
    } catch (error) {
      unlock()
      throw error
    }
  } catch (error) {
    if (!['EACCES', 'EPERM', 'EROFS'].includes(codeOf(error) ?? '')) throw error
    throw new EmbeddedError(
      'not-permitted',
      `The data folder ${options.dataDir} cannot be used by this user (${String(error)}). If Purser ran on it as root or as another user before, start it as that user again.`,
      { cause: error },
    )
  }
}

async function startInHome(
  home: Home,
  options: EmbeddedOptions,
  tuning: Partial<EmbeddedTuning>,
  unlock: () => void,
): Promise<EmbeddedServer> {
  const { log } = options
  if (home.relocated) await tellPlace(home, log)
  const plan = await preparePlan(home, options)
  const supervisor = new Supervisor({
    plan,
    log,
    now: () => (options.clock ?? performance).now(),
    restartDelaysMs: tuning.restartDelaysMs ?? RESTART_DELAYS_MS,
    onFailure: (error) => options.onFailure?.(error),
  })
  const { adopted } = await supervisor.start()
  try {
    await ensureDatabase(plan.socketDir)
  } catch (error) {
    await supervisor.stop()
    throw error
  }
  let stopped: Promise<void> | undefined
  const stop = async () => {
    try {
      await supervisor.stop()
      await closeSocketFolder(home, plan.socketDir)
    } finally {
      unlock()
    }
  }
  return {
    connection: { host: plan.socketDir, port: SOCKET_PORT, user: SERVER_ROLE, database: DATABASE },
    version: plan.version,
    pid: () => supervisor.pid,
    clusterDir: plan.clusterDir,
    adopted,
    stop: () => (stopped ??= stop()),
  }
}

async function preparePlan(home: Home, options: EmbeddedOptions): Promise<ServerPlan> {
  const binaries = await findBinaries(home, options.binDir)
  if (binaries.copied) {
    options.log({ level: 'info', message: `PostgreSQL ${binaries.version} runs from a copy in ${binaries.binDir}.` })
  }
  if (await ensureCluster(home, binaries)) {
    options.log({
      level: 'info',
      message: `Created a database (PostgreSQL ${binaries.version}) in ${clusterDirOf(home)}.`,
    })
  }
  const clusterDir = clusterDirOf(home)
  const clusterName = clusterNameFor(clusterDir)
  const socketDir = await openSocketFolder(home)
  return {
    program: join(binaries.binDir, 'postgres'),
    args: serverArguments({
      clusterDir,
      clusterName,
      socketDir,
      platform: process.platform,
      memoryBytes: memoryBytes(),
    }),
    version: binaries.version,
    user: home.user,
    serverUid: home.serverUid,
    clusterDir,
    clusterName,
    logFile: join(home.folder, 'server.log'),
    socketDir,
  }
}

/** Says where the data is: loudly when it was just decided, in passing at later starts. */
async function tellPlace(home: Home, log: EmbeddedOptions['log']): Promise<void> {
  const isNew = await claimHome(home)
  log({
    level: isNew ? 'warn' : 'info',
    message: `The database of ${home.dataDir} is kept in ${home.folder}, because its server runs as ${home.user?.name ?? 'another user'}, who cannot enter the data folder. Back up both.`,
  })
}

/** The memory of this machine, or of the container around us where that has less. */
function memoryBytes(): number {
  const constrained = process.constrainedMemory()
  return constrained > 0 ? Math.min(totalmem(), constrained) : totalmem()
}
