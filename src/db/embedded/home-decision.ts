import type { EmbeddedFault } from './embedded-error.ts'

/** What is known before the place of the cluster is decided. */
export type HomeFacts = {
  dataDir: string
  /** Where the data folder's pointer file says the cluster is. */
  pointer: string | undefined
  pointerLeadsSomewhere: boolean
  clusterInDataDir: boolean
  /** Whether the user of the server can pass through the data folder and own a folder in it. */
  serverCanUseDataDir: boolean
  userName: string
  /** The system folder to use when the data folder cannot be used. */
  freeSystemHome: string
}

type HomeDecision =
  | { kind: 'data-dir' | 'system'; folder: string }
  | { kind: 'refuse'; fault: EmbeddedFault; message: string }

/**
 * Where the cluster lives: in the data folder when the server can work there, else in a system folder. What exists wins over
 * what would be chosen today, and a place that is known but gone is refused: an empty database in its stead would look like
 * the loss of all purchases.
 */
export function decideHome(facts: HomeFacts): HomeDecision {
  const { dataDir, pointer, clusterInDataDir } = facts
  if (pointer !== undefined && clusterInDataDir) {
    return {
      kind: 'refuse',
      fault: 'cluster-missing',
      message: `The data folder ${dataDir} holds a database (postgres/data) and also points to one in ${pointer}. Move away the one you do not want: that folder, or postgres.location.json.`,
    }
  }
  if (pointer !== undefined && !facts.pointerLeadsSomewhere) {
    return {
      kind: 'refuse',
      fault: 'cluster-missing',
      message: `The database of the data folder ${dataDir} was kept in ${pointer}, which is not there any more. Bring that folder back; or, to start with an empty database, delete postgres.location.json in the data folder.`,
    }
  }
  if (pointer !== undefined) return { kind: 'system', folder: pointer }
  if (facts.serverCanUseDataDir) return { kind: 'data-dir', folder: `${dataDir}/postgres` }
  if (clusterInDataDir) {
    return {
      kind: 'refuse',
      fault: 'cluster-unreachable',
      message: `The database in ${dataDir}/postgres must be run by ${facts.userName}, who cannot enter that folder. Let that user pass (chmod o+x on the folders above it), or start Purser as that user.`,
    }
  }
  return { kind: 'system', folder: facts.freeSystemHome }
}
