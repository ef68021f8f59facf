import type { Result } from '../../core/lib/result.ts'
import type { Ctx, GroupSubject, GroupTx } from '../../usecases/ports.ts'
import { aliasKeyOf, type Locking } from './group-state.ts'
import { type GroupWorld, type Member, runGroup } from './run-group.ts'

/** Groups on their way at a time: while one waits for the disk and one for the database, the next is decided. */
const GROUPS_AT_ONCE = 3

export type GroupCommitOptions = GroupWorld & {
  /** For members that no group could take. */
  transaction: Ctx['transaction']
  /** Members of a group at most; 1 gives every write a transaction of its own. */
  groupMax: number
  /** Told the size of each group. */
  onGroup?: (size: number) => void
}

type Waiting = Member & { resolve: (result: Result<unknown, unknown>) => void; reject: (error: unknown) => void }

/**
 * Joins wallet writes that are wanted at the same moment into one database transaction: under load a round trip and a
 * commit are shared by many; alone a write waits for nothing but the end of the current turn of the event loop, and has a
 * transaction of its own. Each caller gets the answer of its own write. A customer is in one group at a time, since the
 * next would find it locked.
 */
export function groupCommit(options: GroupCommitOptions): Ctx['groupedTransaction'] {
  if (options.groupMax <= 1) return (_subject, work) => options.transaction(work)
  const waiting: Waiting[] = []
  const busy = new Set<string>()
  let groups = 0
  let isScheduled = false
  const schedule = () => {
    if (isScheduled || waiting.length === 0 || groups >= GROUPS_AT_ONCE) return
    isScheduled = true
    setImmediate(start)
  }
  const release = (users: Iterable<string>) => {
    for (const user of users) busy.delete(user)
    schedule()
  }
  const start = async () => {
    isScheduled = false
    const members = takeFree(waiting, busy, options.groupMax)
    if (members.length === 0) return
    const users = new Set(members.map(userOf))
    for (const user of users) busy.add(user)
    groups++
    schedule()
    options.onGroup?.(members.length)
    // Alone there is nothing to share: a plain transaction is quicker by what joining costs.
    const unserved = members.length === 1 ? members : await serve(options, members, 'skip')
    const left = Map.groupBy(unserved, userOf)
    groups--
    release([...users].filter((user) => !left.has(user)))
    for (const [user, own] of left) void serveLocked(options, own).finally(() => release([user]))
  }
  return <Value, Refusal>(subject: GroupSubject, work: (tx: GroupTx) => Promise<Result<Value, Refusal>>) =>
    new Promise<Result<Value, Refusal>>((resolve, reject) => {
      waiting.push({ subject, work, resolve: resolve as Waiting['resolve'], reject })
      schedule()
    })
}

/** Takes from the front those whose customer is in no group yet, all changes of one customer together and in order. */
function takeFree(waiting: Waiting[], busy: ReadonlySet<string>, max: number): Waiting[] {
  const taken: Waiting[] = []
  const left: Waiting[] = []
  for (const one of waiting) (taken.length < max && !busy.has(userOf(one)) ? taken : left).push(one)
  waiting.splice(0, waiting.length, ...left)
  return taken
}

/** Answers the members of one group. Answers those whom it could do nothing for. */
async function serve(options: GroupCommitOptions, members: Waiting[], locking: Locking): Promise<Waiting[]> {
  try {
    const outcomes = await runGroup(options, members, locking)
    return members.filter((member, index) => {
      const outcome = outcomes[index] ?? { kind: 'alone' }
      if (outcome.kind === 'answered') member.resolve(outcome.result)
      else if (outcome.kind === 'failed') member.reject(outcome.error)
      return outcome.kind === 'alone'
    })
  } catch (error) {
    for (const member of members) member.reject(error)
    return []
  }
}

/**
 * Serves one customer's members whom a group of many could not take: as a group that waits for the customer's lock, since
 * nobody else waits with it; whoever is left then gets a transaction of their own.
 */
async function serveLocked(options: GroupCommitOptions, members: Waiting[]): Promise<void> {
  const left = members.length > 1 ? await serve(options, members, 'wait') : members
  await Promise.all(left.map((member) => options.transaction(member.work).then(member.resolve, member.reject)))
}

function userOf({ subject }: Member): string {
  return aliasKeyOf(subject.projectId, subject.appUserId)
}
