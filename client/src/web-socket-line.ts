import { frameFromText } from './frame.ts'
import { closedWith, type Line, type LineRequest, lost } from './line.ts'
import type { WebSocketLike } from './platform.ts'

/** A WebSocket at the address that the bootstrap gave. */
export function webSocketLine({ platform, session, frame, ended }: LineRequest): Line {
  const { WebSocket } = platform
  if (WebSocket === undefined) {
    ended(lost(null, true))
    return { send: () => undefined, close: () => undefined }
  }
  let isOver = false
  const socket = new WebSocket(session.socketUrl) as WebSocketLike
  socket.addEventListener('message', ({ data }: { data: unknown }) => {
    const told = isOver ? null : frameFromText(data)
    if (told !== null) frame(told)
  })
  // Always followed by a close, which says more. But where nobody listens to it, Node libraries end the process.
  socket.addEventListener('error', () => undefined)
  socket.addEventListener('close', ({ code }: { code?: number }) => {
    if (isOver) return
    isOver = true
    ended(closedWith(code ?? null))
  })
  return {
    send: (message) => {
      if (!isOver) socket.send(JSON.stringify(message))
    },
    close() {
      isOver = true
      socket.close()
    },
  }
}
