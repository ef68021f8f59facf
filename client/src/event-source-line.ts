import { frameFromText } from './frame.ts'
import { closedWith, type Line, type LineRequest, lost } from './line.ts'
import type { EventSourceLike } from './platform.ts'

/** Where event streams are. */
export const EVENTS_PATH = '/realtime/events'

/** Events of the server that carry data: an `EventSource` tells only of those that it is asked for by name. */
const EVENTS = [
  'connected',
  'subscribed',
  'usage.changed',
  'entitlements.changed',
  'session.revoked',
  'auth_expired',
  'going_away',
  'closed',
  'error',
]

/**
 * The pings of the server are comments, which an `EventSource` keeps to itself. As long as it reports no error it counts
 * as alive; the renewal of the session, every quarter of an hour, finds out about one that is not.
 */
const ALIVE_EVERY_MS = 30_000

/** An `EventSource` of the environment, or of a polyfill. Ends the line where there is none. */
export function eventSourceLine({ platform, base, session, cursor, frame, pulse, ended }: LineRequest): Line {
  const { EventSource } = platform
  if (EventSource === undefined) {
    ended(lost(null, true))
    return { send: () => undefined, close: () => undefined }
  }
  const from = cursor === null ? '' : `&cursor=${cursor}`
  const url = `${base}${EVENTS_PATH}?token=${encodeURIComponent(session.token)}${from}`
  const source = new EventSource(url) as EventSourceLike
  let isOver = false
  const alive = (): void => {
    pulse()
    timer = platform.setTimer(alive, ALIVE_EVERY_MS)
  }
  let timer = platform.setTimer(alive, ALIVE_EVERY_MS)
  const close = (): void => {
    isOver = true
    platform.clearTimer(timer)
    source.close()
  }
  for (const event of EVENTS) {
    source.addEventListener(event, ({ data }: { data?: unknown }) => {
      if (isOver) return
      const told = frameFromText(data)
      if (told !== null) return frame(told)
      // The source's own `error` has no data. It would come back by itself, with a token that may have expired.
      close()
      ended(closedWith(null))
    })
  }
  return { send: () => undefined, close }
}
