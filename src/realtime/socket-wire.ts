import type { WebSocket } from 'ws'
import { frameToWire } from './envelope.ts'
import type { Wire } from './session.ts'

/** A WebSocket as a wire: one message for each frame. */
export function socketWire(ws: WebSocket): Wire {
  return {
    transport: 'websocket',
    get bufferedAmount() {
      return ws.bufferedAmount
    },
    send(frames) {
      for (const frame of frames) ws.send(frameToWire(frame))
    },
    probe: () => ws.ping(),
    close: ({ code, reason }) => ws.close(code, reason),
  }
}
