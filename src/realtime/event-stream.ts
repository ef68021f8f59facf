import type { ServerResponse } from 'node:http'
import { SECOND_MS } from '../core/lib/clock.ts'
import type { ConnectionRefusal } from '../usecases/realtime/connection-refusal.ts'
import { admit } from './admission.ts'
import { catchUp, enterSession, leaveSession, resume } from './enter-session.ts'
import { eventStreamWire } from './event-stream-wire.ts'
import type { GatewayLife } from './gateway-life.ts'

/** What a browser waits before it comes back: at least this, and up to twice as long. */
const RETRY_MS = SECOND_MS

/** What a client asks for that cannot send frames. `topics` are added to those of the token. */
export type StreamWish = { token: string | null; topics: readonly string[]; cursor: number | null }

/**
 * Opens a stream of server-sent events. `takeResponse` hands over the answer, and is called only when the stream is not
 * refused. Never rejects.
 */
export async function openEventStream(
  life: GatewayLife,
  wish: StreamWish,
  takeResponse: () => ServerResponse,
): Promise<ConnectionRefusal | null> {
  const admitted = await admit(life, wish.token)
  if ('refusal' in admitted) return admitted.refusal
  const response = takeResponse()
  if (response.destroyed) return null
  response.on('error', () => response.destroy())
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store, no-transform',
    // Proxies in the manner of nginx would keep the events back until a page is full.
    'x-accel-buffering': 'no',
    connection: 'close',
  })
  response.write(`retry: ${RETRY_MS + Math.floor(life.deps.random() * RETRY_MS)}\n\n`)
  const session = enterSession(life, eventStreamWire(response, wish.cursor !== null), admitted)
  life.answers.add(response)
  response.on('close', () => {
    life.answers.delete(response)
    leaveSession(life, session)
  })
  resume(life, session, wish)
  void catchUp(life, session)
  return null
}
