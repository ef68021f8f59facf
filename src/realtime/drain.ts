import { SECOND_MS } from '../core/lib/clock.ts'
import { CLOSE } from './close.ts'
import type { GatewayLife } from './gateway-life.ts'
import { handInput } from './hand-input.ts'

/** Clients come back over this time for each of them, so that the next process greets about a thousand a second. */
const SPREAD_PER_SESSION_MS = 1

/** However few they are, they do not come in the same moment; however many, nobody waits for longer than the second. */
const SPREAD_MIN_MS = 2 * SECOND_MS
const SPREAD_MAX_MS = 30 * SECOND_MS

/** Refuses newcomers, tells every client when to come back, closes, and waits until all are gone. */
export async function drain(life: GatewayLife): Promise<void> {
  life.isDraining = true
  const { clock, random } = life.deps
  const gone = [...life.server.clients, ...life.answers].map(
    (connection) => new Promise<void>((resolve) => void connection.once('close', () => resolve())),
  )
  const spreadMs = Math.min(SPREAD_MAX_MS, Math.max(SPREAD_MIN_MS, life.index.size * SPREAD_PER_SESSION_MS))
  for (const session of life.index.all()) {
    const data = { retry_after_ms: Math.floor(random() * spreadMs) }
    const end = { close: CLOSE.serviceRestart, notice: { event: 'going_away', data } as const }
    handInput(life, session, { type: 'end', ...end, now: clock.now() })
  }
  await Promise.all(gone)
}
