import type { Customer } from '../../core/customers/customer.ts'
import type { CustomerChange } from '../../core/events/event.ts'
import { ok, type Result, refuse } from '../../core/lib/result.ts'
import type { Ctx } from '../ports.ts'

export type RevokeInput = {
  projectId: string
  userId: string
  /** Only the tokens of this device; all of the user when it is null. */
  deviceId: string | null
}

export type RevokeRefusal = { code: 'customer_not_found' }

/**
 * Makes the socket tokens of a user, or of one device, worthless from the commit on: a token is looked up with every new
 * connection, in every process. Processes with open connections of the user hear of it as of a change, and look the
 * tokens up again. Answers how many tokens there were. Error: `customer_not_found`, since a misspelt id must not look like a success.
 */
export async function revokeSessions(
  ctx: Pick<Ctx, 'transaction' | 'clock'>,
  { projectId, userId, deviceId }: RevokeInput,
): Promise<Result<{ tokensRevoked: number }, RevokeRefusal>> {
  return ctx.transaction<{ tokensRevoked: number }, RevokeRefusal>(async (tx) => {
    const customer = await tx.customers.findByAppUserId(projectId, userId)
    if (customer === null) return refuse({ code: 'customer_not_found' })
    const tokensRevoked = await tx.realtimeTokens.deleteOfUser(projectId, userId, deviceId)
    await tx.events.append(customer, revocationOf(customer, ctx.clock.now()), [])
    return ok({ tokensRevoked })
  })
}

/** Says that there is something to look up. The revision stays: no client reads anything differently. */
function revocationOf({ projectId, customerId, revision }: Customer, now: number): CustomerChange {
  const what = { kinds: [], cause: 'revocation', currency: null, absorbedCustomerId: null } as const
  return { ...what, projectId, customerId, revision, occurredAt: now }
}
