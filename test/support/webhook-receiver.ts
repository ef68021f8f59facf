import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A request as a receiver got it. */
export type Received = { headers: IncomingHttpHeaders; body: string; path: string }

/** Answers a request; one that does nothing hangs. */
export type Answer = (response: ServerResponse, received: Received) => void

export type WebhookReceiver = {
  url: string
  /** Every request that came, in order. */
  received: Received[]
  /** Resolves when so many requests have come in all. */
  until(count: number): Promise<void>
  answer(next: Answer): void
  close(): Promise<void>
}

export const answering =
  (status: number, body = '', headers: Record<string, string> = {}): Answer =>
  (response) =>
    void response.writeHead(status, headers).end(body)

export const hanging: Answer = () => undefined

/** A receiver of webhooks on loopback, which does what it is told. */
export async function startReceiver(answer: Answer = answering(200)): Promise<WebhookReceiver> {
  let current = answer
  const received: Received[] = []
  const waiting = new Set<() => void>()
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString()
    const one = { headers: request.headers, body, path: request.url ?? '' }
    received.push(one)
    for (const look of waiting) look()
    current(response, one)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    until(count) {
      return new Promise((resolve) => {
        const look = () => {
          if (received.length < count) return
          waiting.delete(look)
          resolve()
        }
        waiting.add(look)
        look()
      })
    },
    answer: (next) => {
      current = next
    },
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
