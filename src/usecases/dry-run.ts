import { type Result, refuse } from '../core/lib/result.ts'
import type { Ctx, Tx } from './ports.ts'

/**
 * What every use case gets when it should only tell what it would do. Its transactions do all their work, answer what
 * they would have answered, and are rolled back: no row, key, event, revision or announcement is left. An idempotency
 * key that was used is still found, so a dry run of a write that was done answers as its replay would.
 */
export function dryRun(ctx: Ctx): Ctx {
  return {
    ...ctx,
    transaction: (work) => undone(ctx, work),
    groupedTransaction: (_subject, work) => undone(ctx, work),
  }
}

/**
 * Runs several operations of one kind as a dry run in which each sees what those before it would have done. Nothing that
 * `work` does with its context is kept.
 */
export async function rehearse<Value>(ctx: Ctx, work: (rehearsal: Ctx) => Promise<Value>): Promise<Value> {
  return undone(ctx, (tx) =>
    work({ ...ctx, transaction: (inner) => inner(tx), groupedTransaction: (_subject, inner) => inner(tx) }),
  )
}

/** A refusal is what makes a transaction roll back; this one carries out what it would have answered. */
async function undone<Answer>(ctx: Ctx, work: (tx: Tx) => Promise<Answer>): Promise<Answer> {
  const ran: Result<never, { answer: Answer }> = await ctx.transaction<never, { answer: Answer }>(async (tx) =>
    refuse({ answer: await work(tx) }),
  )
  if (ran.ok) return ran.value
  return ran.refusal.answer
}
