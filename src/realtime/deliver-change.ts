import type { CustomerChange } from '../core/events/event.ts'
import { bringUpToDate } from './bring-up-to-date.ts'
import type { GatewayLife } from './gateway-life.ts'
import { handInput } from './hand-input.ts'

/**
 * Tells a change to the sessions of its customer, and to those of a customer that became part of it. That tokens were
 * revoked is only a hint to look: whoever could forge a message must not be able to end sessions.
 */
export function deliverChange(life: GatewayLife, change: CustomerChange): void {
  const now = life.deps.clock.now()
  const { projectId, customerId, absorbedCustomerId } = change
  const listening = life.index.ofCustomer(projectId, customerId)
  const moving = absorbedCustomerId === null ? [] : life.index.ofCustomer(projectId, absorbedCustomerId)
  for (const session of [...listening, ...moving]) handInput(life, session, { type: 'change', change, now })
  if (change.cause !== 'revocation' || listening.length === 0) return
  bringUpToDate(life, listening).catch((error: unknown) =>
    life.deps.logger.error({ err: error }, 'revoked tokens could not be looked up; the next sweep does it'),
  )
}
