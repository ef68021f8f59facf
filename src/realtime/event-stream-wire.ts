import type { ServerResponse } from 'node:http'
import { HOUR_MS, SECOND_MS } from '../core/lib/clock.ts'
import { CLOSE, type Close } from './close.ts'
import { cursorAfter, frameToWire, isInvalidation, type ServerFrame } from './envelope.ts'
import type { Wire } from './session.ts'

/** How long a client may take to read the end of a stream before its connection is cut. */
const CLOSE_TIMEOUT_MS = 5 * SECOND_MS

/** A browser's stream that was replaced would come back by itself and replace the newer one, and so on for ever. */
const REPLACED_RETRY_MS = HOUR_MS

/**
 * An HTTP answer as a wire: server-sent events, as the HTML standard defines them. A client without a cursor takes the
 * revision of the greeting for one.
 */
export function eventStreamWire(response: ServerResponse, hasCursor: boolean): Wire {
  return {
    transport: 'event_stream',
    get bufferedAmount() {
      return response.writableLength
    },
    send(frames) {
      response.write(framesToEventStream(frames, hasCursor))
    },
    probe: () => undefined,
    close(close) {
      endStream(response, close)
    },
  }
}

/**
 * Frames of one moment as text. A ping is a comment, which keeps the line open and no client sees. Only the last
 * invalidation carries the revision as its id: whoever loses the line between the two comes back for both.
 */
export function framesToEventStream(frames: readonly ServerFrame[], hasCursor = true): string {
  const cursor = cursorAfter(frames)
  const last = frames.findLastIndex(isInvalidation)
  const idOf = (frame: ServerFrame, index: number): number | null => {
    if (frame.event === 'connected' && !hasCursor) return frame.data.seq
    return index === last ? cursor : null
  }
  return frames.map((frame, index) => frameToEvent(frame, idOf(frame, index))).join('')
}

function frameToEvent(frame: ServerFrame, id: number | null): string {
  if (frame.event === 'ping') return ': ping\n\n'
  const retry = frame.event === 'going_away' ? `retry: ${frame.data.retry_after_ms}\n` : ''
  return `${retry}${id === null ? '' : `id: ${id}\n`}event: ${frame.event}\ndata: ${frameToWire(frame)}\n\n`
}

function endStream(response: ServerResponse, { code, reason }: Close): void {
  // What waits for a client that does not read would never get away.
  if (code === CLOSE.tooSlow.code) {
    response.destroy()
    return
  }
  const retry = code === CLOSE.replaced.code ? `retry: ${REPLACED_RETRY_MS}\n\n` : ''
  response.end(`${retry}${framesToEventStream([{ event: 'closed', data: { code, reason } }])}`)
  response.socket?.setTimeout(CLOSE_TIMEOUT_MS, () => response.destroy())
}
