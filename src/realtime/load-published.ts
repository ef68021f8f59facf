import { PUBLISHED_LIFE_MS } from '../core/events/published-envelope.ts'
import type { PublishedView } from '../usecases/ports/published.ts'
import { CLOSE } from './close.ts'
import type { GatewayDeps } from './gateway-deps.ts'
import type { SessionInput } from './protocol.ts'
import type { Session } from './session.ts'

/** Reads the messages that a customer may still have to be told. */
export async function readPublished(
  { read, clock }: Pick<GatewayDeps, 'read' | 'clock'>,
  projectId: string,
  customerId: string,
): Promise<PublishedView> {
  const view = await read.published.since(projectId, customerId, clock.now() - PUBLISHED_LIFE_MS)
  return view ?? { revision: 0, envelopes: [] }
}

/** Sessions whose messages are being read. */
const loading = new WeakSet<Session>()

/**
 * Reads messages for a session that heard of some without their content, as from another process, until it knows all.
 * It tells nothing else meanwhile, so when the database does not answer, it is ended, and the client comes back.
 */
export async function loadPublished(
  deps: Pick<GatewayDeps, 'read' | 'clock' | 'logger'>,
  session: Session,
  hand: (input: SessionInput) => void,
): Promise<void> {
  if (loading.has(session)) return
  loading.add(session)
  try {
    while (session.wantsPublished()) {
      const customerId = session.customerId()
      const wanted = session.revision()
      const view = await readPublished(deps, session.owner.projectId, customerId)
      // A revision that the database does not know is one from before it was restored.
      const revision = Math.max(view.revision, wanted)
      hand({ type: 'published', customerId, view: { ...view, revision }, now: deps.clock.now() })
    }
  } catch (error) {
    deps.logger.error({ err: error, userId: session.owner.userId }, 'published messages could not be read')
    hand({ type: 'end', close: CLOSE.internalError, now: deps.clock.now() })
  } finally {
    loading.delete(session)
  }
}
