import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'

/** How often a closing server looks for connections on which nothing is under way any more. */
const LOOK_EVERY_MS = 100

/**
 * Watches the connections of a server that does not listen yet. The answer closes it: no new connection, requests under
 * way are waited for, and connections without one are ended. Node ends only those that have had a request; browsers and
 * HTTP clients also open connections in advance, and each of those would hold the close up for a minute.
 */
export function watchConnections(server: FastifyInstance): () => Promise<void> {
  const underWay = new Map<Socket, number>()
  const count = (socket: Socket, by: number): void => {
    const before = underWay.get(socket)
    if (before !== undefined) underWay.set(socket, before + by)
  }
  server.server.on('connection', (socket: Socket) => {
    underWay.set(socket, 0)
    socket.on('close', () => underWay.delete(socket))
  })
  server.server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    count(request.socket, 1)
    response.on('close', () => count(request.socket, -1))
  })
  return async () => {
    const looking = setInterval(() => {
      for (const [socket, requests] of underWay) if (requests === 0) socket.destroy()
    }, LOOK_EVERY_MS)
    try {
      await server.close()
    } finally {
      clearInterval(looking)
    }
  }
}
