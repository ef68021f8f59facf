import { type WebSocket, WebSocketServer } from 'ws'
import { PING_FRAME, PING_INTERVAL_MS } from './realtime-frames.ts'

/**
 * The limit for realtime: the same WebSocket library without a protocol, a token or a database. It sends back what it
 * gets, and as many pings as the gateway. Its port is its argument; it tells that it is ready by a line.
 */
const server = new WebSocketServer({ host: '127.0.0.1', port: Number(process.argv[2]), perMessageDeflate: false })
server.on('connection', (socket: WebSocket) => {
  socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }))
})
setInterval(() => {
  for (const socket of server.clients) {
    socket.send(PING_FRAME)
    socket.ping()
  }
}, PING_INTERVAL_MS)
server.on('listening', () => process.stdout.write('ready\n'))
