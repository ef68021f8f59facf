import { EVENTS_PATH, eventSourceLine } from './event-source-line.ts'
import { eventStreamReader } from './event-stream-reader.ts'
import { frameFromText } from './frame.ts'
import { refused } from './http-refusal.ts'
import { closedWith, type Line, type LineRequest, lost } from './line.ts'
import type { Ending } from './listener-state.ts'
import { type AbortControllerLike, newAbortController, newTextDecoder } from './platform.ts'

/**
 * Server-sent events. Read by `fetch` where bodies can be read piece by piece, so that the token travels in a header;
 * by `EventSource` where only that can, which sends no headers.
 */
export function eventStreamLine(request: LineRequest): Line {
  return request.platform.fetch === undefined ? eventSourceLine(request) : fetchedStream(request)
}

function fetchedStream(request: LineRequest): Line {
  const abort = newAbortController()
  let isOver = false
  let instead: Line | null = null
  const finish = (ending: Ending | null): void => {
    if (isOver) return
    if (ending === null) {
      instead = eventSourceLine(request)
      return
    }
    isOver = true
    request.ended(ending)
  }
  readStream(request, abort, () => isOver).then(finish, (cause: unknown) => finish(lost(cause)))
  return {
    send: () => undefined,
    close() {
      isOver = true
      abort?.abort()
      instead?.close()
    },
  }
}

/** Reads until the stream ends, and answers how it did; null when its body cannot be read piece by piece. */
async function readStream(
  request: LineRequest,
  abort: AbortControllerLike | null,
  isOver: () => boolean,
): Promise<Ending | null> {
  const { platform, base, session, cursor } = request
  const headers: Record<string, string> = { authorization: `Bearer ${session.token}`, accept: 'text/event-stream' }
  if (cursor !== null) headers['last-event-id'] = String(cursor)
  const signal = abort === null ? {} : { signal: abort.signal }
  const response = await platform.fetch?.(`${base}${EVENTS_PATH}`, {
    method: 'GET',
    headers,
    cache: 'no-store',
    ...signal,
  })
  if (response === undefined) return lost(null, true)
  if (!response.ok) return refused(response)
  const reader = response.body?.getReader()
  const decoder = newTextDecoder()
  if (reader === undefined || decoder === null) {
    abort?.abort()
    return null
  }
  const read = eventStreamReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done || isOver()) return closedWith(null)
    request.pulse()
    for (const data of read(decoder.decode(value, { stream: true }))) {
      const frame = frameFromText(data)
      if (frame !== null && !isOver()) request.frame(frame)
    }
  }
}
