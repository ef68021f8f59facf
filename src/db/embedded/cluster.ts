import { chown, mkdir, readdir, rename, rm } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import type { Binaries } from './binaries.ts'
import { EmbeddedError, USE_OWN_SERVER } from './embedded-error.ts'
import { exists, ownerOf, readIfPresent, syncFolder } from './file-facts.ts'
import type { Home } from './home.ts'
import { runAs } from './run-as.ts'
import { SERVER_ROLE } from './server-plan.ts'

const DRAFT_PREFIX = 'data.new-'
/** initdb takes about a second; slow disks a few. */
const INITDB_TIMEOUT_MS = 180_000

/** Where the cluster of a home folder is. */
export function clusterDirOf(home: Home): string {
  return join(home.folder, 'data')
}

/**
 * Options of initdb. The order of text must not depend on the host, so 17 and newer use the builtin C.UTF-8 locale. Older ones
 * use the system's C.UTF-8 on Linux and plain C elsewhere: the same order (by code point), where C also leaves letters beyond
 * ASCII alone in `lower` and `upper`.
 */
export function initdbArguments(major: number, platform: NodeJS.Platform, folder: string): string[] {
  const systemLocale = platform === 'linux' ? 'C.UTF-8' : 'C'
  const locale =
    major >= 17 ? ['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'] : [`--locale=${systemLocale}`]
  return [
    '-D',
    folder,
    `--username=${SERVER_ROLE}`,
    // Safe because nobody gets to the socket but through its private folder.
    '--auth=trust',
    '--encoding=UTF8',
    ...locale,
    '--data-checksums',
    '--no-instructions',
  ]
}

/**
 * Makes sure that the home folder holds a cluster that these programs can run.
 *
 * @returns whether it was created now.
 * @throws EmbeddedError `other-major`, `not-a-cluster`, `not-permitted`, `no-passwd-entry` or `initdb-failed`.
 */
export async function ensureCluster(home: Home, binaries: Binaries): Promise<boolean> {
  const clusterDir = clusterDirOf(home)
  const major = await majorOf(clusterDir)
  if (major === undefined) {
    await createCluster(home, binaries)
    return true
  }
  if (major !== binaries.major) {
    throw new EmbeddedError(
      'other-major',
      `The database in ${clusterDir} was made by PostgreSQL ${major}, and this is PostgreSQL ${binaries.major}, which cannot open it. Export the data with the version of Purser that made it, then import it into an empty data folder.`,
    )
  }
  const owner = await ownerOf(clusterDir)
  if (owner?.uid !== home.serverUid) {
    throw new EmbeddedError(
      'not-permitted',
      `The database in ${clusterDir} belongs to user ${owner?.uid}, and its server would run as user ${home.serverUid}. Start Purser as its owner or as root.`,
    )
  }
  return false
}

async function majorOf(clusterDir: string): Promise<number | undefined> {
  const text = (await exists(clusterDir)) ? await readIfPresent(join(clusterDir, 'PG_VERSION')) : undefined
  if (text !== undefined && /^\d+\s*$/.test(text)) return Number(text)
  if ((await exists(clusterDir)) && (await readdir(clusterDir)).length > 0) {
    throw new EmbeddedError(
      'not-a-cluster',
      `${clusterDir} is not empty, but it is no PostgreSQL database. Move it away.`,
    )
  }
  return undefined
}

/** Creates the cluster beside its place and renames it when it is complete, so a kill leaves nothing that looks like one. */
async function createCluster(home: Home, binaries: Binaries): Promise<void> {
  if (home.user === undefined) requirePasswdEntry()
  for (const name of await readdir(home.folder)) {
    // Left by a kill. Its initdb may still be writing, hence the retries.
    if (name.startsWith(DRAFT_PREFIX)) {
      await rm(join(home.folder, name), { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
    }
  }
  const draft = join(home.folder, `${DRAFT_PREFIX}${process.pid}`)
  await mkdir(draft, { mode: 0o700 })
  if (home.user !== undefined) await chown(draft, home.user.uid, home.user.gid)
  const args = initdbArguments(binaries.major, process.platform, draft)
  const outcome = await runAs(home.user, join(binaries.binDir, 'initdb'), args, INITDB_TIMEOUT_MS)
  if (!outcome.ok) {
    await rm(draft, { recursive: true, force: true })
    const said = outcome.stderr.trim() || outcome.error?.message || 'no message'
    throw new EmbeddedError('initdb-failed', `The database could not be created in ${home.folder}: ${said}`)
  }
  await rename(draft, clusterDirOf(home))
  await syncFolder(home.folder)
}

/** initdb asks for the name of its user and fails without one; here the message can say what to do. */
function requirePasswdEntry(): void {
  try {
    userInfo()
  } catch (error) {
    throw new EmbeddedError(
      'no-passwd-entry',
      `User id ${process.getuid?.()} has no entry in /etc/passwd, without which PostgreSQL cannot create a database. Run as a named user. ${USE_OWN_SERVER}`,
      { cause: error },
    )
  }
}
