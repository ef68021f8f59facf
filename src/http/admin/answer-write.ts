import type { FastifyReply } from 'fastify'
import { ConflictError } from '../../core/lib/conflict-error.ts'
import type { Result } from '../../core/lib/result.ts'
import { CODE_OF_REFUSAL, sendError } from './errors.ts'
import { noteOf } from './refusal-note.ts'

/** A parallel request with the same key is done by then, in all likelihood. */
const IN_PROGRESS_RETRY_SECONDS = 1

/**
 * Answers a write that is done at most once: the refusal, or what `toWire` makes of the outcome. The headers say the
 * customer's revision, and whether an earlier request with the same key had done it. A request that lost the race for
 * its key again and again is told so: it was not done, and may be repeated. The answer of a dry run says so, and no
 * revision, since there is none.
 */
export async function answerWrite<
  Outcome extends { replayed: boolean; revision: number },
  Refusal extends { code: keyof typeof CODE_OF_REFUSAL },
>(
  reply: FastifyReply,
  work: () => Promise<Result<Outcome, Refusal>>,
  toWire: (outcome: Outcome) => object,
  run: { isDry: boolean } = { isDry: false },
): Promise<unknown> {
  const outcome = await unlessRaced(work)
  if (outcome === 'raced') {
    return sendError(reply, 'idempotency_in_progress', { retryAfterSeconds: IN_PROGRESS_RETRY_SECONDS })
  }
  if (!outcome.ok) return sendError(reply, CODE_OF_REFUSAL[outcome.refusal.code], noteOf(outcome.refusal))
  if (!run.isDry) reply.header('x-purser-revision', outcome.value.revision)
  if (outcome.value.replayed) reply.header('idempotency-replayed', 'true')
  const answer = toWire(outcome.value)
  return run.isDry ? { ...answer, dry_run: true } : answer
}

async function unlessRaced<Value>(work: () => Promise<Value>): Promise<Value | 'raced'> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof ConflictError) return 'raced'
    throw error
  }
}
