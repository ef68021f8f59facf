import { chmod, chown, lstat, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { EmbeddedError } from './embedded-error.ts'
import { codeOf, readIfPresent, replaceFile } from './file-facts.ts'
import type { Home } from './home.ts'
import { canEnter } from './run-as.ts'
import { SOCKET_PORT } from './server-plan.ts'

const TEMPORARY_NAME = 'purser-XXXXXX'

/** Longest path of a unix socket in bytes, without its closing zero (sun_path of unix(7); BSD and macOS have 4 bytes less). */
function maxSocketPathBytes(platform: NodeJS.Platform): number {
  return platform === 'linux' ? 107 : 103
}

/** Whether the server's socket fits into a folder. */
export function fitsSocket(folder: string, platform: NodeJS.Platform): boolean {
  // The lock file beside the socket is longer, but it is an ordinary file.
  return Buffer.byteLength(join(folder, `.s.PGSQL.${SOCKET_PORT}`)) <= maxSocketPathBytes(platform)
}

/**
 * The private (0700) folder of the server's socket: in the home folder, or a short one among the temporary files when the
 * path would be too long. The place is written down, so that the next start looks for an earlier server at the same place.
 */
export async function openSocketFolder(home: Home): Promise<string> {
  const local = join(home.folder, 'run')
  if (fitsSocket(local, process.platform)) {
    await mkdir(local, { recursive: true, mode: 0o700 })
    await makePrivate(local, home)
    return local
  }
  const record = join(home.folder, 'socket-folder')
  const recorded = (await readIfPresent(record))?.trim()
  if (recorded && (await isPrivate(recorded, home.serverUid))) return recorded
  for (const base of new Set([tmpdir(), '/tmp'])) {
    if (!fitsSocket(join(base, TEMPORARY_NAME), process.platform) || !(await canEnter(home.user, base))) continue
    const folder = await mkdtemp(join(base, 'purser-'))
    await makePrivate(folder, home)
    await replaceFile(record, `${folder}\n`, 0o644)
    return folder
  }
  throw new EmbeddedError(
    'start-failed',
    `No folder with a short path is free for the database's socket: tried ${home.folder}, ${tmpdir()} and /tmp.`,
  )
}

/** Removes a temporary socket folder after the server has stopped; the one in the home folder stays. */
export async function closeSocketFolder(home: Home, folder: string): Promise<void> {
  if (folder === join(home.folder, 'run')) return
  await rm(folder, { recursive: true, force: true })
  await rm(join(home.folder, 'socket-folder'), { force: true })
}

async function makePrivate(folder: string, home: Home): Promise<void> {
  if (home.user !== undefined) await chown(folder, home.user.uid, home.user.gid)
  await chmod(folder, 0o700)
}

/** Somebody else may have made a folder of that name after the temporary files were cleaned. */
async function isPrivate(folder: string, serverUid: number): Promise<boolean> {
  try {
    const facts = await lstat(folder)
    return facts.isDirectory() && facts.uid === serverUid && (facts.mode & 0o077) === 0
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false
    throw error
  }
}
