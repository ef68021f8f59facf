import { EmbeddedError, USE_OWN_SERVER } from './embedded-error.ts'

/** An account that the server process runs as. */
export type ServerUser = { name: string; uid: number; gid: number }

/** Tried in this order when a root process has nothing better to go by. `purser` lets an operator make one for us. */
const SERVER_ACCOUNTS = ['purser', 'postgres', '_postgres', 'nobody'] as const

/** Reads the text of `/etc/passwd` (passwd(5)); lines that are not accounts are skipped. */
export function parsePasswd(text: string): ServerUser[] {
  return text.split('\n').flatMap((line) => {
    const [name, , uid, gid] = line.split(':')
    if (!name || name.startsWith('#') || !/^-?\d+$/.test(uid ?? '') || !/^-?\d+$/.test(gid ?? '')) return []
    return [{ name, uid: Number(uid), gid: Number(gid) }]
  })
}

type Owner = { uid: number; gid: number } | undefined

/**
 * Whom the server runs as: undefined means "as ourselves", which is right for everyone but root, whom PostgreSQL
 * refuses. As root: the owner of the existing cluster (initdb alone needs a passwd entry, a later start does not), else
 * the owner of the data folder, who can surely reach it, else the first known service account.
 *
 * @throws EmbeddedError `no-server-user` when root has no unprivileged account at hand.
 */
export function chooseServerUser(facts: {
  processUid: number
  clusterOwner: Owner
  dataDirOwner: Owner
  accounts: readonly ServerUser[]
}): ServerUser | undefined {
  const { processUid, clusterOwner, dataDirOwner, accounts } = facts
  if (processUid !== 0) return undefined
  const byUid = (uid: number) => accounts.find((account) => account.uid === uid)
  if (clusterOwner !== undefined && clusterOwner.uid !== 0) {
    return { ...clusterOwner, name: byUid(clusterOwner.uid)?.name ?? `uid ${clusterOwner.uid}` }
  }
  const folderOwner = dataDirOwner !== undefined && dataDirOwner.uid !== 0 ? byUid(dataDirOwner.uid) : undefined
  if (folderOwner !== undefined) return folderOwner
  for (const name of SERVER_ACCOUNTS) {
    const account = accounts.find((candidate) => candidate.name === name && candidate.uid !== 0)
    if (account !== undefined) return account
  }
  throw new EmbeddedError(
    'no-server-user',
    `PostgreSQL does not run as root, and none of the accounts ${SERVER_ACCOUNTS.join(', ')} exists. Create one (for example: useradd --system purser) or start as an ordinary user. ${USE_OWN_SERVER}`,
  )
}
