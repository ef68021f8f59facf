import { DAY_MS } from '../core/lib/clock.ts'
import { ConflictError } from '../core/lib/conflict-error.ts'
import { ok, type Result, refuse } from '../core/lib/result.ts'
import type { Ctx, IdempotencyKey, Tx } from './ports.ts'

/** Answers are kept for 30 days at least; a few more, so that nobody who counts days in another way is surprised. */
const KEPT_MS = 35 * DAY_MS

/** Answers forgotten at a time, so that no transaction takes long. */
const FORGOTTEN_AT_ONCE = 1_000

/** Which write, by which key; `fingerprint` is its whole input in one fixed form. A null key protects nothing. */
export type OnceOrder = { key: IdempotencyKey | null; fingerprint: string }

export type KeyRefusal = { code: 'idempotency_key_conflict' }

/** The answer to a write, and whether an earlier request had done it already. */
export type Done<Answer> = { answer: Answer; replayed: boolean }

/**
 * Does a write at most once. The key is looked at before `work` begins, so a write that was done is answered the same way
 * for ever, whatever has changed since. `work` must `keep` its answer when it succeeds; a refusal uses up no key. Of two
 * parallel requests the second waits for the first, and is then begun again, to find what the first has kept.
 */
export async function doOnce<Answer, Refusal>(
  tx: { idempotency: Pick<Tx['idempotency'], 'find' | 'insert'> },
  ctx: Ctx,
  { key, fingerprint }: OnceOrder,
  work: (keep: (answer: Answer) => Promise<void>) => Promise<Result<Answer, Refusal>>,
): Promise<Result<Done<Answer>, Refusal | KeyRefusal>> {
  const record = key === null ? null : await tx.idempotency.find(key)
  if (record !== null) {
    if (record.fingerprint !== fingerprint) return refuse({ code: 'idempotency_key_conflict' })
    return ok({ answer: record.answer as Answer, replayed: true })
  }
  const done = await work(async (answer) => {
    if (key === null || (await tx.idempotency.insert(key, { fingerprint, answer }, ctx.clock.now()))) return
    throw new ConflictError('a parallel request used the same idempotency key')
  })
  return done.ok ? ok({ answer: done.value, replayed: false }) : done
}

/** Forgets answers that are older than anybody may count on. */
export async function forgetOldAnswers(ctx: Ctx): Promise<{ done: number; more: boolean }> {
  const forgotten = await ctx.transaction<number, never>(async (tx) =>
    ok(await tx.idempotency.deleteOlderThan(ctx.clock.now() - KEPT_MS, FORGOTTEN_AT_ONCE)),
  )
  const done = forgotten.ok ? forgotten.value : 0
  return { done, more: done === FORGOTTEN_AT_ONCE }
}
