import { CLOSE } from './close.ts'
import type { GatewayLife } from './gateway-life.ts'
import { loadPublished } from './load-published.ts'
import type { SessionInput } from './protocol.ts'
import type { Session } from './session.ts'

/** Gives a session an input. A fault in one session ends that session and leaves the others alone. */
export function handInput(life: GatewayLife, session: Session, input: SessionInput): void {
  try {
    session.handle(input)
    life.index.refile(session)
    if (session.wantsPublished()) void loadPublished(life.deps, session, (next) => handInput(life, session, next))
  } catch (error) {
    life.deps.logger.error({ err: error, userId: session.owner.userId }, 'a realtime session failed')
    session.handle({ type: 'end', close: CLOSE.internalError, now: input.now })
  }
}
