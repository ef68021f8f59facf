import { ConflictError } from '../../core/lib/conflict-error.ts'
import type { Result } from '../../core/lib/result.ts'
import type { GroupSubject, GroupTx } from '../../usecases/ports.ts'
import type { Announce } from '../announce.ts'
import type { Database } from '../database.ts'
import type { Query } from '../statement.ts'
import {
  aliasKeyOf,
  type GroupState,
  type GroupWrites,
  type Locking,
  type MovedCustomer,
  noWrites,
} from './group-state.ts'
import { loadGroup } from './load-group.ts'
import { stageTx } from './staged-tx.ts'
import { writeGroup } from './write-group.ts'

/** One write that waits for a group. */
export type Member = { subject: GroupSubject; work: (tx: GroupTx) => Promise<Result<unknown, unknown>> }

/** What a group did for a member. `alone`: nothing; the member needs a transaction of its own. */
export type Outcome =
  | { kind: 'answered'; result: Result<unknown, unknown> }
  | { kind: 'failed'; error: unknown }
  | { kind: 'alone' }

export type GroupWorld = { database: Database; newEventId: () => string; announce: Announce; now: () => number }

/** The commit was sent, and what became of it is not known. */
class UnknownCommitError extends Error {
  override readonly name = 'UnknownCommitError'
}

/**
 * Runs several writes in one database transaction: reads for all, lets each decide in its order on what the earlier ones
 * left, writes for all. A member that refuses leaves no trace. When the database reports anything before the commit,
 * nothing was done and every member has to go alone.
 *
 * @throws when there is no connection to be had, or when a commit was sent and its answer is lost
 */
export async function runGroup(world: GroupWorld, members: readonly Member[], locking: Locking): Promise<Outcome[]> {
  let reached: 'nothing' | 'database' | 'commit' = 'nothing'
  try {
    const { outcomes, writes } = await world.database.withConnection(async (query, raw) => {
      reached = 'database'
      const begun = raw('begin')
      begun.catch(() => undefined)
      try {
        const subjects = members.map(({ subject }) => subject)
        const state = await loadGroup(query, { subjects, now: world.now(), locking })
        // The reads were sent along with it. Without a transaction around them nothing more may be sent.
        await begun
        const decided = await decideAndWrite(world, query, members, state)
        reached = 'commit'
        const { command } = await raw('commit')
        if (command !== 'COMMIT') throw new Error('broken invariant: a group with a failed statement was committed')
        return decided
      } catch (error) {
        await raw('rollback').catch(() => undefined)
        throw error
      }
    })
    for (const { change, events } of writes.changes) world.announce(change, events)
    return outcomes
  } catch (error) {
    return outcomesOfFailure(reached, members, error)
  }
}

function outcomesOfFailure(reached: string, members: readonly Member[], cause: unknown): Outcome[] {
  if (reached === 'nothing') throw cause
  if (reached === 'commit') throw new UnknownCommitError('it is not known whether the change was made', { cause })
  return members.map(() => ({ kind: 'alone' }))
}

async function decideAndWrite(
  world: GroupWorld,
  query: Query,
  members: readonly Member[],
  state: GroupState,
): Promise<{ outcomes: Outcome[]; writes: GroupWrites }> {
  const before = new Map(state.customers)
  const writes = noWrites()
  const outcomes: Outcome[] = []
  for (const member of members) outcomes.push(await decide(state, member, writes))
  const moved: MovedCustomer[] = [...state.customers].flatMap(([customerId, after]) => {
    const was = before.get(customerId)
    return was === undefined || was === after ? [] : [{ before: was, after }]
  })
  await writeGroup(query, moved, writes, world.newEventId)
  return { outcomes, writes }
}

async function decide(state: GroupState, { subject, work }: Member, writes: GroupWrites): Promise<Outcome> {
  if (!state.customerIds.has(aliasKeyOf(subject.projectId, subject.appUserId))) return { kind: 'alone' }
  const staged = stageTx(state)
  try {
    const result = await work(staged.tx)
    if (!result.ok) return { kind: 'answered', result }
    staged.keep()
    writes.keys.push(...staged.writes.keys)
    writes.transactions.push(...staged.writes.transactions)
    writes.holds.push(...staged.writes.holds)
    writes.counters.push(...staged.writes.counters)
    writes.forgotten.push(...staged.writes.forgotten)
    writes.changes.push(...staged.writes.changes)
    return { kind: 'answered', result }
  } catch (error) {
    return error instanceof ConflictError ? { kind: 'alone' } : { kind: 'failed', error }
  }
}
