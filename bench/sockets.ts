import { once } from 'node:events'
import { WebSocket } from 'ws'

/** Connections that are opened at the same time: enough to be quick, few enough for the backlog of a listener. */
const OPENING_AT_ONCE = 100

/** Open sockets of one server. `onFrame` can be replaced at any time. */
export type Sockets = {
  readonly all: readonly WebSocket[]
  onFrame(listener: (text: string, index: number) => void): void
  close(): Promise<void>
}

/** Opens one socket for each address. The first frames, if any, are not told. */
export async function openSockets(urls: readonly string[]): Promise<Sockets> {
  let listener: (text: string, index: number) => void = () => undefined
  const all: WebSocket[] = []
  let next = 0
  const worker = async () => {
    while (next < urls.length) {
      const index = next++
      const socket = new WebSocket(urls[index] ?? '', { perMessageDeflate: false, skipUTF8Validation: true })
      all[index] = socket
      await once(socket, 'open')
      socket.on('message', (data: Buffer) => listener(data.toString('latin1'), index))
      socket.on('close', (code) => {
        if (code !== 1000 && code !== 1005) process.stderr.write(`a socket was closed with ${code}\n`)
      })
    }
  }
  await Promise.all(Array.from({ length: OPENING_AT_ONCE }, worker))
  return {
    all,
    onFrame: (next) => {
      listener = next
    },
    async close() {
      await Promise.all(
        all.map(async (socket) => {
          const closed = once(socket, 'close')
          socket.close()
          await closed
        }),
      )
    },
  }
}
