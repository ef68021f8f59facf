import { setTimeout as pauseMs } from 'node:timers/promises'
import { Type } from 'typebox'
import { ConflictError } from '../../core/lib/conflict-error.ts'
import type { Reads } from '../../usecases/ports.ts'

/** The parameter of reads whose caller has seen a revision, on a socket or in an answer, and wants no older state. */
const MIN_REVISION = 'min_revision'

/** Pauses between looks, in milliseconds: a replica is milliseconds behind, and after five seconds something is wrong. */
const PAUSES_MS = [10, 20, 40, 80, 150, 300, 600, 900, 900, 1_000, 1_000] as const

/** Requests that may wait at once in one process. Each looks a dozen times and holds no connection in between. */
export const WAITING_MAX = 200

const DESCRIPTION =
  "Answers only once the customer's revision is at least this; waits for up to 5 s. `X-Purser-Revision` of earlier answers and `seq` of realtime messages are revisions."

/** The parameter in a query schema, as text: nothing is coerced. */
export const minRevisionQuery = {
  [MIN_REVISION]: Type.Optional(Type.String({ pattern: '^[0-9]{1,15}$', description: DESCRIPTION })),
}

/** The parameter in a query schema of a surface that reads numbers. */
export const minRevisionNumber = {
  [MIN_REVISION]: Type.Optional(Type.Integer({ minimum: 0, maximum: 999_999_999_999_999, description: DESCRIPTION })),
}

/** The value of `min_revision` cannot be a revision. */
export class MinRevisionFault extends Error {
  override readonly name = 'MinRevisionFault'
}

/** The revision was not reached in time; the same request may be answered later. */
export class RevisionBehind extends ConflictError {}

type Subject = { projectId: string; appUserId: string }
type World = { read: { customers: Pick<Reads['customers'], 'findByAppUserId'> } }

/** How many requests wait, by the reads that they wait for: those of one process. */
const waiting = new WeakMap<World['read']['customers'], number>()

/**
 * Waits until a read of a customer shows the revision that the query asks for. Without the parameter, and where the
 * revision is reached already, it does so at once. Throws `MinRevisionFault` and `RevisionBehind`.
 */
export async function reachRevision(
  { read }: World,
  query: unknown,
  subject: Subject,
  pause: (durationMs: number) => Promise<unknown> = pauseMs,
): Promise<void> {
  const wanted = minRevisionOf(query)
  if (wanted === null || (await isReached(read, subject, wanted))) return
  const others = waiting.get(read.customers) ?? 0
  if (others >= WAITING_MAX) throw new RevisionBehind('Too many requests wait for a revision. Try again.')
  waiting.set(read.customers, others + 1)
  try {
    for (const durationMs of PAUSES_MS) {
      await pause(durationMs)
      if (await isReached(read, subject, wanted)) return
    }
  } finally {
    waiting.set(read.customers, (waiting.get(read.customers) ?? 1) - 1)
  }
  throw new RevisionBehind(`The customer has not reached revision ${wanted}. Try again.`)
}

function minRevisionOf(query: unknown): number | null {
  const value = (query as Record<string, unknown> | null | undefined)?.[MIN_REVISION]
  if (value === undefined) return null
  const number = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value
  if (typeof number === 'number' && Number.isSafeInteger(number) && number >= 0) return number
  throw new MinRevisionFault(`${MIN_REVISION} must be a whole number from 0.`)
}

async function isReached(read: World['read'], { projectId, appUserId }: Subject, wanted: number): Promise<boolean> {
  const customer = await read.customers.findByAppUserId(projectId, appUserId)
  return (customer?.revision ?? 0) >= wanted
}
