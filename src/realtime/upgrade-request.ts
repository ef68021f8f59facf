import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { ConnectionRefusal } from '../usecases/realtime/connection-refusal.ts'

/** Where the WebSocket lives. */
const REALTIME_PATH = '/realtime'

/** Why an upgrade is refused. Bodies are `{"detail": <code>}`, as on the routes of the admin surface. */
export type UpgradeRefusal = ConnectionRefusal | 'invalid_upgrade' | 'not_found'

const STATUS = {
  invalid_upgrade: '400 Bad Request',
  missing_token: '401 Unauthorized',
  invalid_token: '401 Unauthorized',
  token_expired: '401 Unauthorized',
  not_found: '404 Not Found',
  too_many_sockets: '429 Too Many Requests',
  draining: '503 Service Unavailable',
  at_capacity: '503 Service Unavailable',
  unavailable: '503 Service Unavailable',
} as const satisfies Record<UpgradeRefusal, string>

/** When a refused client may try again: soon, since another process or a closed socket may make room. */
const RETRY_AFTER_SECONDS = 5
const RETRYABLE: ReadonlySet<UpgradeRefusal> = new Set(['too_many_sockets', 'draining', 'at_capacity', 'unavailable'])

/**
 * Whether a request really asks for a WebSocket. Some HTTP clients offer `Upgrade: h2c` on every ordinary request and
 * expect an ordinary answer.
 */
export function isWebSocketUpgrade(request: Pick<IncomingMessage, 'headers'>): boolean {
  return request.headers.upgrade?.toLowerCase() === 'websocket'
}

/** The token of an upgrade to the realtime path: query parameter `token`, else the bearer. */
export function readUpgrade(request: IncomingMessage): { token: string } | { refusal: UpgradeRefusal } {
  const url = URL.parse(request.url ?? '', 'http://localhost')
  if (url?.pathname !== REALTIME_PATH) return { refusal: 'not_found' }
  const token = url.searchParams.get('token') || bearerOf(request.headers.authorization)
  return token === null ? { refusal: 'missing_token' } : { token }
}

function bearerOf(authorization: string | undefined): string | null {
  return /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1] ?? null
}

/** Answers an upgrade with a refusal and closes the connection. */
export function refuseUpgrade(socket: Duplex, refusal: UpgradeRefusal, requestId: string): void {
  if (socket.destroyed || !socket.writable) {
    socket.destroy()
    return
  }
  const body = JSON.stringify({ detail: refusal })
  const head = [
    `HTTP/1.1 ${STATUS[refusal]}`,
    'Connection: close',
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Cache-Control: no-store',
    `X-Request-ID: ${requestId}`,
    ...(RETRYABLE.has(refusal) ? [`Retry-After: ${RETRY_AFTER_SECONDS}`] : []),
  ]
  socket.once('finish', () => socket.destroy())
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}
