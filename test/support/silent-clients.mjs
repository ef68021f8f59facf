// Opens many connections that never say a whole sentence, from a process of its own, and says how many it managed.
import { connect } from 'node:net'

const [port, count] = process.argv.slice(2).map(Number)
const AT_ONCE = 200
let opened = 0
let failed = 0
const sockets = []

function open() {
  if (opened + failed + AT_ONCE > count && sockets.length >= count) return
  const socket = connect(port, '127.0.0.1')
  sockets.push(socket)
  let isOpen = false
  socket.on('connect', () => {
    isOpen = true
    opened += 1
    // Every other one begins to speak and stops in the middle of a word.
    if (opened % 2 === 0) socket.write('GET /realtime HTTP/1.1\r\nHost: exam')
    next()
  })
  socket.on('error', () => {
    if (!isOpen) {
      failed += 1
      next()
    }
  })
}

function next() {
  if (opened + failed === count) process.stdout.write(`${opened}\n`)
  else if (sockets.length < count) open()
}

for (let first = 0; first < Math.min(AT_ONCE, count); first++) open()
// Lives until it is ended, so that the connections do.
setInterval(() => undefined, 1_000)
