import type { IncomingMessage } from 'node:http'
import { WebSocket } from 'ws'
import { type Attempt, TokenRefused } from './client.ts'
import { type Frame, take } from './frame.ts'

/** Listens over a WebSocket until it closes. */
export function webSocketTransport(attempt: Attempt): Promise<void> {
  const address = attempt.server.url.replace(/^http/, 'ws')
  const ws = new WebSocket(`${address}/realtime?token=${attempt.token}`)
  attempt.cutBy(() => ws.terminate())
  return new Promise((resolve, reject) => {
    ws.on('error', () => undefined)
    ws.on('unexpected-response', (_request, response: IncomingMessage) => {
      reject(response.statusCode === 401 ? new TokenRefused() : new Error(`refused with ${response.statusCode}`))
      ws.terminate()
    })
    ws.on('message', (text: Buffer) => hear(ws, attempt, JSON.parse(text.toString()) as Frame))
    ws.on('close', (code) => (code === 4001 ? reject(new TokenRefused()) : resolve()))
  })
}

function hear(ws: WebSocket, attempt: Attempt, frame: Frame): void {
  if (frame.event === 'connected') {
    const cursor = attempt.cursor()
    const subscribe = { v: 1, op: 'subscribe', topics: frame.data.topics }
    ws.send(JSON.stringify(cursor === null ? subscribe : { ...subscribe, cursor }))
  }
  take(attempt, frame)
}
