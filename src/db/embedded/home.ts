import { createHash } from 'node:crypto'
import { chmod, chown, lstat, mkdir, realpath, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { EmbeddedError } from './embedded-error.ts'
import { codeOf, exists, ownerOf, readIfPresent } from './file-facts.ts'
import { decideHome, type HomeFacts } from './home-decision.ts'
import { readPointer } from './home-pointer.ts'
import { canEnter } from './run-as.ts'
import { chooseServerUser, parsePasswd, type ServerUser } from './server-user.ts'

/**
 * Folder that holds the cluster and all that belongs to it (lock, log, socket, copied binaries). As root it belongs to root
 * and lets the server's user pass only, so that the server cannot plant files for the root process to follow.
 */
export type Home = {
  folder: string
  dataDir: string
  relocated: boolean
  user: ServerUser | undefined
  serverUid: number
}

/** How many abandoned clusters of one data folder path we step over before asking for a cleanup. */
const MAX_SYSTEM_HOMES = 20

/** Creates the data folder when it is missing and returns its real path. */
export async function prepareDataDir(dataDir: string): Promise<string> {
  await mkdir(dataDir, { recursive: true })
  return realpath(dataDir)
}

/**
 * Finds or makes the place of the cluster and picks the user the server runs as.
 *
 * @param dataDir real path of the data folder.
 * @param systemDir where clusters go whose server cannot enter the data folder.
 * @throws EmbeddedError when no place can be used.
 */
export async function prepareHome(dataDir: string, systemDir: string): Promise<Home> {
  const local = join(dataDir, 'postgres')
  const pointer = await readPointer(dataDir)
  const clusterInDataDir = await exists(join(local, 'data'))
  const known = pointer ?? (clusterInDataDir ? local : undefined)
  const dataDirOwner = await ownerOf(dataDir)
  const processUid = process.getuid?.() ?? -1
  const user = chooseServerUser({
    processUid,
    clusterOwner: known === undefined ? undefined : await ownerOf(join(known, 'data')),
    dataDirOwner,
    accounts: processUid === 0 ? parsePasswd((await readIfPresent('/etc/passwd')) ?? '') : [],
  })
  const freeSystemHome = pointer === undefined ? await firstFreeSystemHome(dataDir, systemDir) : pointer
  const facts: HomeFacts = {
    dataDir,
    pointer,
    pointerLeadsSomewhere: pointer !== undefined && (await exists(pointer)),
    clusterInDataDir,
    serverCanUseDataDir: pointer === undefined && (await openFolder(local, user, dataDirOwner?.uid === user?.uid)),
    userName: user?.name ?? 'this user',
    freeSystemHome,
  }
  const decision = decideHome(facts)
  if (decision.kind === 'refuse') throw new EmbeddedError(decision.fault, decision.message)
  if (decision.kind === 'system') {
    // The attempt above may have left an empty folder; anything in it stays.
    if (!clusterInDataDir) await rmdir(local).catch(() => undefined)
    await openSystemHome(systemDir, decision.folder, user)
  }
  const relocated = decision.kind === 'system'
  return { folder: decision.folder, dataDir, relocated, user, serverUid: user?.uid ?? processUid }
}

/**
 * Makes a folder that the server's user can pass; false when the user still cannot get there. Below a data folder of that
 * very user, or when it was the user's before, it is the user's own, so that root and the user can take turns.
 */
async function openFolder(folder: string, user: ServerUser | undefined, userOwnsParent: boolean): Promise<boolean> {
  try {
    const earlierOwner = (await ownerOf(folder))?.uid
    await mkdir(folder, { recursive: true, mode: 0o700 })
    if (!(await lstat(folder)).isDirectory()) {
      throw new EmbeddedError('not-permitted', `${folder} must be a folder and no link.`)
    }
    if (user === undefined) return true
    const usersOwn = userOwnsParent || earlierOwner === user.uid
    await chown(folder, usersOwn ? user.uid : 0, user.gid)
    await chmod(folder, usersOwn ? 0o700 : 0o710)
  } catch (error) {
    // As root: shared folders of some virtual machines and network file systems know no owners.
    const ownerless = ['EPERM', 'EACCES', 'EINVAL', 'ENOTSUP', 'EROFS'].includes(codeOf(error) ?? '')
    if (user !== undefined && ownerless) return false
    throw error
  }
  return canEnter(user, folder)
}

async function openSystemHome(systemDir: string, folder: string, user: ServerUser | undefined): Promise<void> {
  if (!(await exists(systemDir))) {
    await mkdir(systemDir, { recursive: true })
    // Against a strict umask of root: the server's user has to pass.
    await chmod(systemDir, 0o755)
  }
  if (await openFolder(folder, user, false)) return
  throw new EmbeddedError(
    'cluster-unreachable',
    `The database server runs as ${user?.name}, who can enter neither the data folder nor ${folder}. Give it a data folder it can enter, or start as an ordinary user.`,
  )
}

/**
 * The stable place of a data folder path, stepping over places that hold a cluster already: no pointer leads to those, so
 * their data folder was deleted, and an empty data folder must mean an empty database.
 */
async function firstFreeSystemHome(dataDir: string, systemDir: string): Promise<string> {
  const name = createHash('sha256').update(dataDir).digest('hex').slice(0, 16)
  for (let number = 1; number <= MAX_SYSTEM_HOMES; number += 1) {
    const folder = join(systemDir, number === 1 ? name : `${name}-${number}`)
    if (!(await exists(join(folder, 'data')))) return folder
  }
  throw new EmbeddedError(
    'cluster-unreachable',
    `${systemDir} holds ${MAX_SYSTEM_HOMES} databases of deleted data folders at ${dataDir}. Remove those you do not need (${name}*).`,
  )
}
