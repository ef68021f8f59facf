import { connect, type Socket } from 'node:net'

export type Load = { perSecond: number; p99Ms: number }

export type LoadRequest = {
  url: string
  method: 'GET' | 'POST'
  headers: Record<string, string>
  /** What each request asks in its turn: a path in place of the address's, and headers of its own. */
  targets?: readonly { path: string; headers: Record<string, string> }[]
  /** The first line of every answer begins with this status; with a 2xx unless said. */
  status?: number
  /** Makes the body of each request; absent for reads. */
  body?: () => string
  /** Requests on their way at a time; 32 unless said. */
  connections?: number
}

const SECONDS = 3
const CONNECTIONS = 32
const HEADER_END = '\r\n\r\n'

/**
 * Sends requests again and again for a few seconds over connections that are kept. Fails when any answer has another
 * status than is expected: a refusal is no throughput. It does as little as it can, since it runs on the processors of
 * the server that it measures.
 */
export async function load(request: LoadRequest): Promise<Load> {
  const startedAt = performance.now()
  const end = startedAt + SECONDS * 1_000
  const latencies: number[] = []
  const write = writerOf(request)
  const connections = Array.from({ length: request.connections ?? CONNECTIONS }, () =>
    drive(request, write, end, latencies),
  )
  await Promise.all(connections)
  const perSecond = latencies.length / ((performance.now() - startedAt) / 1_000)
  latencies.sort((one, other) => one - other)
  return { perSecond, p99Ms: latencies[Math.floor(latencies.length * 0.99)] ?? Number.NaN }
}

/** One connection: a request, its answer, the next request, until the time is over. */
function drive(request: LoadRequest, write: (socket: Socket) => void, end: number, latencies: number[]): Promise<void> {
  const { hostname, port } = new URL(request.url)
  const expected = `HTTP/1.1 ${request.status ?? 2}`
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname)
    socket.setNoDelay(true)
    let sentAt = 0
    let received = ''
    const send = () => {
      sentAt = performance.now()
      write(socket)
    }
    socket.on('connect', send)
    socket.on('error', reject)
    socket.on('close', () => reject(new Error(`${request.url}: the server closed a connection`)))
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1')
      if (!isWhole(received)) return
      if (!received.startsWith(expected)) reject(new Error(`${request.url} was answered with\n${received}`))
      received = ''
      const now = performance.now()
      latencies.push(now - sentAt)
      if (now < end) return send()
      socket.removeAllListeners('close')
      socket.destroy()
      resolve()
    })
  })
}

function writerOf({ url, method, headers, targets, body }: LoadRequest): (socket: Socket) => void {
  const { host, pathname, search } = new URL(url)
  const heads = (targets ?? [{ path: `${pathname}${search}`, headers: {} }]).map((target) => {
    const fields = Object.entries({ host, ...headers, ...target.headers })
    return `${method} ${target.path} HTTP/1.1\r\n${fields.map(([name, value]) => `${name}: ${value}\r\n`).join('')}`
  })
  let count = 0
  return (socket) => {
    const head = heads[count++ % heads.length]
    if (body === undefined) return socket.write(`${head}\r\n`)
    const text = body()
    return socket.write(`${head}content-length: ${Buffer.byteLength(text)}${HEADER_END}${text}`)
  }
}

/** Whether an answer has come to its end. Every answer that is measured says its length. */
function isWhole(received: string): boolean {
  const headerEnd = received.indexOf(HEADER_END)
  if (headerEnd < 0) return false
  if (received.startsWith('HTTP/1.1 304')) return true
  const length = /\r\ncontent-length: (\d+)/i.exec(received)?.[1]
  if (length === undefined) throw new Error(`an answer without a length:\n${received}`)
  return received.length >= headerEnd + HEADER_END.length + Number(length)
}
