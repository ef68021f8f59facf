import type { WebSocketServer } from 'ws'
import type { CustomerChange } from '../core/events/event.ts'
import { CLOSE } from './close.ts'
import type { GatewayDeps } from './gateway-deps.ts'
import type { SessionInput } from './protocol.ts'
import type { Session } from './session.ts'
import type { SessionIndex } from './session-index.ts'

/** What the connections of one gateway share. */
export type GatewayLife = {
  isDraining: boolean
  /** Upgrades whose token is being looked up. */
  opening: number
  server: WebSocketServer
  index: SessionIndex
  deps: GatewayDeps
}

/** Tells a change to the sessions of its customer, and to those of a customer that became part of it. */
export function deliverChange(life: GatewayLife, change: CustomerChange): void {
  const now = life.deps.clock.now()
  const { projectId, customerId, absorbedCustomerId } = change
  const listening = life.index.ofCustomer(projectId, customerId)
  const moving = absorbedCustomerId === null ? [] : life.index.ofCustomer(projectId, absorbedCustomerId)
  for (const session of [...listening, ...moving]) handInput(life, session, { type: 'change', change, now })
}

/** Gives a session an input. A fault in one session ends that session and leaves the others alone. */
export function handInput(life: GatewayLife, session: Session, input: SessionInput): void {
  try {
    session.handle(input)
    life.index.refile(session)
  } catch (error) {
    life.deps.logger.error({ err: error, userId: session.owner.userId }, 'a realtime session failed')
    session.handle({ type: 'end', close: CLOSE.internalError, now: input.now })
  }
}
