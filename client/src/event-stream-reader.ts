/** Longest text of an event that is not complete: far above any that the server sends. */
const PENDING_MAX = 64 * 1024

/**
 * Reads the text of an event stream as the HTML standard defines it (9.2.6), piece by piece. The reader answers the
 * data of the events that a piece completes. Names and ids of events are left out: the data has them too.
 */
export function eventStreamReader(): (piece: string) => string[] {
  let pending = ''
  let data: string[] = []
  return (piece) => {
    // A CR at the end may be half of a CRLF: it waits for what follows.
    const text = pending + piece
    const isHalf = text.endsWith('\r')
    const lines = (isHalf ? text.slice(0, -1) : text).split(/\r\n|\r|\n/)
    pending = (lines.pop() ?? '') + (isHalf ? '\r' : '')
    if (pending.length > PENDING_MAX) throw new Error('an event of the stream is too long')
    const complete: string[] = []
    for (const line of lines) {
      if (line === '') {
        if (data.length > 0) complete.push(data.join('\n'))
        data = []
      } else if (line.startsWith('data:')) data.push(line.slice(line.startsWith('data: ') ? 6 : 5))
    }
    return complete
  }
}
