import { chown, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { EmbeddedError } from './embedded-error.ts'
import { codeOf, readIfPresent, replaceFile } from './file-facts.ts'
import { lifeOf } from './process-table.ts'

/** SQLite's result code for "another connection holds the lock". */
const SQLITE_BUSY = 5
/**
 * Of two that try at the same instant SQLite may turn both away; then both step back and try again. Short, because a real
 * holder keeps the lock for as long as it runs, and this wait blocks the event loop.
 */
const LOCK_WAIT_MS = 250
/** The holder writes its pid within a millisecond of taking the lock; a refused one looks this often before it gives up. */
const OWNER_READ_TRIES = 10
const OWNER_READ_PAUSE_MS = 25

// Keeps the handles from the garbage collector, which would close them and drop the locks.
const held = new Set<DatabaseSync>()

/**
 * Takes the exclusive lock of a home folder. It is an operating system lock (POSIX record lock, taken through Node's own
 * SQLite on an empty file), so it ends with the process however that dies, needs no judgement of stale pids, and also holds
 * between containers that share a volume of one machine. Its limit: network file systems without working locks.
 *
 * @returns the function that gives the lock back.
 * @throws EmbeddedError `locked` with the pid of the holder.
 */
export async function takeLock(home: string, dataDir: string): Promise<() => void> {
  // Loaded late, so that a Node built without SQLite can still run Purser on a server of its own.
  const sqlite = process.getBuiltinModule('node:sqlite')
  if (sqlite === undefined) {
    throw new EmbeddedError('not-permitted', 'This Node has no node:sqlite, which guards the data folder. Use Node 24.')
  }
  let database: DatabaseSync | undefined
  try {
    database = new sqlite.DatabaseSync(join(home, 'lock'), { timeout: LOCK_WAIT_MS })
    // Nothing is ever written: the open transaction is the lock.
    database.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    database?.close()
    if (isBusy(error)) throw await lockedError(home, dataDir)
    throw new EmbeddedError(
      'not-permitted',
      `Cannot lock ${join(home, 'lock')} (${String(error)}). The folder must be writable, and its file system must support locks.`,
      { cause: error },
    )
  }
  const lock = database
  held.add(lock)
  const release = () => {
    if (held.delete(lock)) lock.close()
  }
  try {
    const folder = await stat(home)
    // A root process in a user's folder must not lock the user out later. By path: closing a second handle would unlock.
    if (process.getuid?.() === 0 && folder.uid !== 0) await chown(join(home, 'lock'), folder.uid, folder.gid)
    await replaceFile(join(home, 'owner.json'), `${JSON.stringify({ pid: process.pid })}\n`, 0o644)
  } catch (error) {
    release()
    throw error
  }
  return release
}

function isBusy(error: unknown): boolean {
  return codeOf(error) === 'ERR_SQLITE_ERROR' && (error as { errcode?: number }).errcode === SQLITE_BUSY
}

async function lockedError(home: string, dataDir: string): Promise<EmbeddedError> {
  for (let attempt = 1; attempt <= OWNER_READ_TRIES; attempt += 1) {
    const pid = /"pid":(\d+)/.exec((await readIfPresent(join(home, 'owner.json'))) ?? '')?.[1]
    // A dead pid is the previous holder's; the present one has not signed yet. In another container it stays unseen.
    if (pid !== undefined && (lifeOf(Number(pid)) !== undefined || attempt === OWNER_READ_TRIES)) {
      return new EmbeddedError(
        'locked',
        `Another Purser (pid ${pid}) already runs on the data folder ${dataDir}. Stop it first, or give this one another data folder.`,
      )
    }
    await sleep(OWNER_READ_PAUSE_MS)
  }
  return new EmbeddedError('locked', `Another Purser is just starting on the data folder ${dataDir}.`)
}
