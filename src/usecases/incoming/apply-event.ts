import { CHAIN_TYPES } from '../../core/incoming/envelope.ts'
import { ok } from '../../core/lib/result.ts'
import type { IncomingEvent, IncomingVerdict } from '../ports/incoming.ts'
import type { Ctx } from '../ports.ts'
import { applyCurrencyTransaction } from './apply-currency-transaction.ts'
import { applyTransfer } from './apply-transfer.ts'
import type { IncomingPolicy } from './incoming-policy.ts'
import { settleChain } from './settle-chain.ts'
import { ignored, parked } from './verdicts.ts'

/**
 * Does what follows from one stored event, and notes what became of it. Safe to run by several processes at once and any
 * number of times: each effect is computed from what is stored, and what was done before is done no more.
 */
export async function applyEvent(ctx: Ctx, policy: IncomingPolicy, event: IncomingEvent): Promise<void> {
  const { chain } = event
  if (chain !== null) {
    if (chain.environment === 'sandbox' && !policy.appliesSandbox) return note(ctx, event, ignored('sandbox'))
    // Settles all events of the chain, this one among them.
    return settleChain(ctx, event.projectId, chain)
  }
  return note(ctx, event, await applyAlone(ctx, policy, event))
}

async function applyAlone(ctx: Ctx, policy: IncomingPolicy, event: IncomingEvent): Promise<IncomingVerdict> {
  if (event.type === 'TRANSFER') return applyTransfer(ctx, policy, event)
  if (event.type === 'VIRTUAL_CURRENCY_TRANSACTION') return applyCurrencyTransaction(ctx, policy, event)
  if (!Object.hasOwn(CHAIN_TYPES, event.type)) return ignored('no_effect')
  return parked('event_incomplete', 'it names no store that Purser knows, or no transaction')
}

async function note(ctx: Ctx, event: IncomingEvent, verdict: IncomingVerdict): Promise<void> {
  await ctx.transaction<null, never>(async (tx) => {
    await tx.incoming.settle(event, verdict, ctx.clock.now())
    return ok(null)
  })
}
