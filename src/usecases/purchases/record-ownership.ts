import type { CustomerRef } from '../../core/customers/customer.ts'
import type { OwnershipStep } from '../../core/purchases/ownership-step.ts'
import type { Ctx, Tx } from '../ports.ts'

/** How a purchase came to its owner, as far as whoever gives it to them knows. */
export type OwnershipReason = Pick<OwnershipStep, 'cause' | 'appUserId' | 'appId' | 'rule'>

/** Writes down how a purchase came to a locked owner, in the transaction that gives it to them. */
export async function recordOwnership(
  tx: { ownership: Pick<Tx['ownership'], 'append'> },
  ctx: Pick<Ctx, 'clock'>,
  purchaseId: string,
  { owner, from, reason }: { owner: CustomerRef; from: CustomerRef | null; reason: OwnershipReason },
): Promise<void> {
  const { projectId, customerId } = owner
  await tx.ownership.append(
    { projectId, purchaseId },
    { ...reason, customerId, fromCustomerId: from?.customerId ?? null, recordedAt: ctx.clock.now() },
  )
}
