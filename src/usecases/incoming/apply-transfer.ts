import type { ChainKey } from '../../core/incoming/envelope.ts'
import { isMoveOf, moveFromEvent } from '../../core/incoming/transfer-move.ts'
import type { IncomingEvent, IncomingVerdict } from '../ports/incoming.ts'
import type { Ctx } from '../ports.ts'
import type { IncomingPolicy } from './incoming-policy.ts'
import { settleChain } from './settle-chain.ts'
import { APPLIED, ignored, parked } from './verdicts.ts'

/**
 * Gives what the named customers bought to the one that a transfer names: settles each of their chains again, by which a
 * chain finds its owner. Chains that RevenueCat never told of stay where they are. Units stay with whom they were granted.
 */
export async function applyTransfer(ctx: Ctx, policy: IncomingPolicy, event: IncomingEvent): Promise<IncomingVerdict> {
  const move = moveFromEvent(event.body, event.eventId, event.toldAt)
  if (move.from.length === 0 || move.to.length === 0) {
    return parked('event_incomplete', 'transferred_from or transferred_to is missing')
  }
  if (move.environment === 'sandbox' && !policy.appliesSandbox) return ignored('sandbox')
  for (const key of await chainsOf(ctx, event.projectId, move.from)) {
    if (isMoveOf(move, key)) await settleChain(ctx, event.projectId, key)
  }
  return APPLIED
}

async function chainsOf(ctx: Ctx, projectId: string, names: readonly string[]): Promise<ChainKey[]> {
  const keys = new Map<string, ChainKey>()
  for (const name of names) {
    const view = await ctx.read.customers.view(projectId, name)
    for (const { store, environment, storePurchaseId } of view?.purchases ?? []) {
      keys.set(`${store} ${environment} ${storePurchaseId}`, { store, environment, chainId: storePurchaseId })
    }
  }
  return [...keys.values()]
}
