import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'

/** A request that could not even be read as HTTP, for the log. */
export type ProtocolFault = { readonly requestId: string; readonly status: number; readonly reason: string }

export type ClientErrorOptions = {
  /** A new request id: there are no headers to take one from. */
  readonly newRequestId: () => string
  /** Told of every fault that was answered. */
  readonly onFault?: (fault: ProtocolFault) => void
}

/**
 * How long a refused client may go on sending before its connection is cut. Closing at once would make the kernel
 * discard the answer together with the unread rest of the request.
 */
const LINGER_MS = 1_000

/** "Bad request" of the RevenueCat REST API v1; which surface the client meant is not known yet. */
const BAD_REQUEST_CODE = 7226

/** What Node tells about a fault of the protocol. */
type ConnectionFault = Error & { readonly code?: string }

/** The answer that is under way on a socket, which Node keeps there without documenting it. */
type Answering = { readonly _httpMessage?: { headersSent: boolean; req?: { complete: boolean } } | null }

/**
 * Makes the handler of Node's `clientError` event: answers requests that never reach a route (malformed, with too
 * large headers, too slow) in JSON like all others, and closes the connection.
 */
export function clientErrorHandler(options: ClientErrorOptions): (error: ConnectionFault, socket: Socket) => void {
  return (error, socket) => {
    // After the first answer the rest of a broken request raises the event again; the connection is closing already.
    if (socket.destroyed || socket.writableEnded) return
    if (error.code === 'ECONNRESET' || !socket.writable || isAnswering(socket)) {
      socket.destroy()
      return
    }
    const [status, message] = answerTo(error.code)
    const requestId = options.newRequestId()
    options.onFault?.({ requestId, status, reason: error.code ?? error.name })
    closeWith(socket, responseText(status, message, requestId))
  }
}

/**
 * Tells whether an answer here would be taken for the answer to an earlier request: one whose answer has begun, or
 * which was received whole and is being worked on.
 */
function isAnswering(socket: Socket & Answering): boolean {
  const earlier = socket._httpMessage
  return earlier != null && (earlier.headersSent || earlier.req?.complete === true)
}

function answerTo(code: string | undefined): readonly [number, string] {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return [431, 'The request line and headers are too large.']
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return [413, 'The chunk extensions of the request are too large.']
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return [408, 'The request took too long to arrive.']
    default:
      return [400, 'The request is not valid HTTP.']
  }
}

function responseText(status: number, message: string, requestId: string): string {
  const body = JSON.stringify({ code: BAD_REQUEST_CODE, message })
  return [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Cache-Control: no-store',
    'X-Content-Type-Options: nosniff',
    `X-Request-ID: ${requestId}`,
    'Connection: close',
    '',
    body,
  ].join('\r\n')
}

function closeWith(socket: Socket, response: string): void {
  socket.on('error', () => socket.destroy())
  const cut = setTimeout(() => socket.destroy(), LINGER_MS).unref()
  socket.once('close', () => clearTimeout(cut))
  socket.end(response)
  socket.resume()
}
