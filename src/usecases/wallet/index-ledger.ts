import { ok } from '../../core/lib/result.ts'
import type { IndexedTransaction } from '../ports/ledger.ts'
import type { Ctx } from '../ports.ts'

/** Transactions read and indexed at a time: one short database transaction each, so that nobody waits for it. */
const BATCH = 1_000

export type IndexProgress = { transactions: number; added: number }

/**
 * Writes what ledger transactions can be found by as far as it is missing: those that are older than the index, or than
 * one of its rules. Can be stopped and run again at any time, also while the server writes.
 */
export async function indexLedger(ctx: Ctx, onProgress: (progress: IndexProgress) => void): Promise<IndexProgress> {
  const progress: IndexProgress = { transactions: 0, added: 0 }
  let last: IndexedTransaction | null = null
  for (;;) {
    const page: IndexedTransaction[] = await ctx.read.ledger.transactionsAfter(last, BATCH)
    last = page.at(-1) ?? null
    if (last === null) return progress
    const added = await ctx.transaction<number, never>(async (tx) => ok(await tx.ledgerIndex.add(page)))
    progress.transactions += page.length
    progress.added += added.ok ? added.value : 0
    onProgress({ ...progress })
  }
}
