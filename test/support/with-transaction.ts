import type { Ctx } from '../../src/usecases/ports.ts'

/** A context whose writes all go through one way of running a transaction: no group passes it by. */
export function withTransaction(ctx: Ctx, transaction: Ctx['transaction']): Ctx {
  return { ...ctx, transaction, groupedTransaction: (_subject, work) => transaction(work) }
}
