import type { IncomingMessage, Server } from 'node:http'
import type { Socket } from 'node:net'
import { SECOND_MS } from '../../core/lib/clock.ts'

/**
 * Connections that may be open without having sent a whole request head. A client sends one within a round trip, so
 * thousands of them are a fault or an attack; the oldest go first, since the newest may be about to speak.
 */
export const SILENT_MAX = 2_000

/** Connections of one process: all realtime clients, and as many ordinary ones as ever come at once. */
const CONNECTIONS_MAX = 30_000

/** How long a connection may stay silent at first. */
const SILENCE_MAX_MS = 10 * SECOND_MS

/**
 * Keeps connections that never speak from taking the place of those that do. Those beyond the bound, and those that are
 * silent for too long, are cut. Answers how many are silent now.
 */
export function boundSilentConnections(server: Server, silentMax = SILENT_MAX): () => number {
  const silent = new Set<Socket>()
  server.maxConnections = CONNECTIONS_MAX
  server.on('connection', (socket: Socket) => {
    silent.add(socket)
    socket.setTimeout(SILENCE_MAX_MS, () => {
      if (silent.has(socket)) socket.destroy()
    })
    socket.once('close', () => silent.delete(socket))
    const [oldest] = silent
    if (silent.size > silentMax) oldest?.destroy()
  })
  const hasSpoken = ({ socket }: IncomingMessage): void => {
    if (silent.delete(socket)) socket.setTimeout(0)
  }
  // Before any listener that may answer.
  server.prependListener('request', hasSpoken)
  server.prependListener('upgrade', hasSpoken)
  return () => silent.size
}
