import { type LedgerProgress, type LedgerReport, verifyLedger } from '../db/wallet-verify.ts'
import type { Context } from './open-context.ts'

export type { LedgerProgress, LedgerReport } from '../db/wallet-verify.ts'

/** Computes the ledger of the whole database again from its rows. */
export function verifyWholeLedger(
  { ctx, engine }: Context,
  onProgress: (progress: LedgerProgress) => void,
): Promise<LedgerReport> {
  return verifyLedger(engine.database, { hash: ctx.hash, onProgress })
}
