import type { Ctx } from '../usecases/ports.ts'
import { groupCommit } from './group-commit/group-commit.ts'
import type { GroupWorld } from './group-commit/run-group.ts'
import { transactionRunner } from './transaction.ts'

export type WritesOptions = GroupWorld & {
  /** Members of a group at most; 1 gives every write a transaction of its own. */
  groupMax: number
  /** Told the size of each group. */
  onGroup?: (size: number) => void
}

/** The two ways to write: a transaction of one's own, and one that is shared with writes of the same moment. */
export function createWrites(options: WritesOptions): Pick<Ctx, 'transaction' | 'groupedTransaction'> {
  const transaction = transactionRunner(options.database, options.newEventId, options.announce)
  return { transaction, groupedTransaction: groupCommit({ ...options, transaction }) }
}
