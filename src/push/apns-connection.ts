import { type ClientHttp2Session, connect, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http2'
import { MINUTE_MS, SECOND_MS } from '../core/lib/clock.ts'

/** Requests on the connection at a time; Apple allows about a thousand. What is beyond is for a later try. */
const STREAMS_MAX = 100
const CONNECT_TIMEOUT_MS = 10 * SECOND_MS
const REQUEST_TIMEOUT_MS = 10 * SECOND_MS
/** An idle connection may be dropped on the way without a word. */
const PING_EVERY_MS = MINUTE_MS
const PING_TIMEOUT_MS = 5 * SECOND_MS
/** Apple answers with a word or two. */
const ANSWER_MAX_BYTES = 4_096

export type ApnsAnswer = { status: number; headers: IncomingHttpHeaders; body: string }

/** One HTTP/2 connection that is opened when it is needed and kept. */
export type ApnsConnection = {
  /** Rejects when there is no whole answer in time, and when too many requests are on their way. */
  request(headers: OutgoingHttpHeaders, body: string): Promise<ApnsAnswer>
  close(): void
}

/** `origin`: such as `https://api.push.apple.com`. */
export function createApnsConnection(origin: string): ApnsConnection {
  let session: ClientHttp2Session | null = null
  let inFlight = 0
  const open = (): ClientHttp2Session => {
    if (session !== null && !session.closed && !session.destroyed) return session
    const opened = openSession(origin, () => {
      if (session === opened) session = null
    })
    session = opened
    return opened
  }
  return {
    async request(headers, body) {
      if (inFlight >= STREAMS_MAX) throw new Error('too many pushes are on their way')
      inFlight += 1
      try {
        return await exchange(open(), headers, body)
      } finally {
        inFlight -= 1
      }
    },
    close() {
      session?.close()
      session = null
    },
  }
}

/** `isOver` is told when nothing new may be sent on the session. Requests under way still get their answers. */
function openSession(origin: string, isOver: () => void): ClientHttp2Session {
  const session = connect(origin)
  session.setTimeout(CONNECT_TIMEOUT_MS, () => {
    if (session.connecting) session.destroy(new Error('no connection in time'))
  })
  const timer = setInterval(() => ping(session), PING_EVERY_MS)
  timer.unref()
  // Whoever waits for an answer hears of the fault; the session itself only has to be replaced.
  session.on('error', isOver)
  session.on('goaway', () => {
    isOver()
    session.close()
  })
  session.on('close', () => {
    clearInterval(timer)
    isOver()
  })
  return session
}

function ping(session: ClientHttp2Session): void {
  if (session.destroyed || session.connecting) return
  const timer = setTimeout(() => session.destroy(new Error('a ping was not answered')), PING_TIMEOUT_MS)
  timer.unref()
  session.ping(() => clearTimeout(timer))
}

function exchange(session: ClientHttp2Session, headers: OutgoingHttpHeaders, body: string): Promise<ApnsAnswer> {
  return new Promise((resolve, reject) => {
    const stream = session.request(headers)
    let answered: IncomingHttpHeaders = {}
    let text = ''
    stream.setEncoding('utf8')
    stream.setTimeout(REQUEST_TIMEOUT_MS, () => stream.destroy(new Error('no answer in time')))
    stream.on('response', (received) => {
      answered = received
    })
    stream.on('data', (chunk: string) => {
      text += chunk
      if (text.length > ANSWER_MAX_BYTES) stream.destroy(new Error('the answer is too large'))
    })
    stream.on('error', reject)
    stream.on('close', () => {
      const status = Number(answered[':status'] ?? 0)
      if (status === 0) reject(new Error('the connection was closed without an answer'))
      else resolve({ status, headers: answered, body: text })
    })
    stream.end(body)
  })
}
