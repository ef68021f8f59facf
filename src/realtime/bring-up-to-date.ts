import type { WatchedSession } from '../usecases/ports/realtime.ts'
import { mainTopicOf } from '../usecases/realtime/own-topics.ts'
import { CLOSE } from './close.ts'
import type { GatewayLife } from './gateway-life.ts'
import { handInput } from './hand-input.ts'
import type { Session } from './session.ts'

/**
 * Compares sessions with the database in one statement: tells what is newer, and ends those whose token was revoked.
 * Answers to how many there was something to say. Rejects when the database does not answer; then nothing was told.
 */
export async function bringUpToDate(life: GatewayLife, sessions: readonly Session[]): Promise<number> {
  const watched = sessions.map(watchedSession)
  const news = await life.deps.read.realtimeTokens.news(watched)
  if (news.length === 0) return 0
  const now = life.deps.clock.now()
  let told = 0
  for (const { index, isTokenKept, customer } of news) {
    const [session, before] = [sessions[index], watched[index]]
    // A merge that was told of meanwhile is newer than what was read.
    if (session === undefined || before === undefined || session.customerId() !== before.customerId) continue
    told += 1
    if (!isTokenKept || customer === null) endRevoked(life, session, now)
    else handInput(life, session, { type: 'revision', ...customer, now })
  }
  return told
}

/** A token also goes some time after it expired. Then the session ends for that reason, and the second end is nothing. */
function endRevoked(life: GatewayLife, session: Session, now: number): void {
  handInput(life, session, { type: 'tick', now })
  const topic = mainTopicOf(session.owner.userId)
  const data = { topic, silent: true, occurred_at: new Date(now).toISOString() } as const
  handInput(life, session, { type: 'end', close: CLOSE.revoked, notice: { event: 'session.revoked', data }, now })
}

function watchedSession(session: Session): WatchedSession {
  const { projectId, userId } = session.owner
  const { tokenHash } = session
  return { projectId, userId, tokenHash, customerId: session.customerId(), revision: session.revision() }
}
