import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import { type AddressInfo, connect, Socket } from 'node:net'
import { duplexPair } from 'node:stream'
import Fastify from 'fastify'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { clientErrorHandler, type ProtocolFault } from './client-error.ts'

const newRequestId = () => '0123456789abcdef'
const servers: Server[] = []

afterEach(() => {
  vi.useRealTimers()
  for (const server of servers.splice(0)) server.close()
})

/** Sends raw bytes and returns everything that is answered until the connection is closed. */
async function exchange(port: number, request: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  const chunks: Buffer[] = []
  socket.on('data', (chunk) => chunks.push(chunk))
  const closed = new Promise<void>((resolve) => socket.on('error', () => undefined).on('close', () => resolve()))
  socket.write(request)
  await closed
  return Buffer.concat(chunks).toString()
}

/** Sends raw bytes to a server with the handler. */
async function talk(request: string, listener: RequestListener = (_request, response) => response.end('fine')) {
  const faults: ProtocolFault[] = []
  const server = createServer(listener)
  server.on('clientError', clientErrorHandler({ newRequestId, onFault: (fault) => faults.push(fault) }))
  servers.push(server.listen(0, '127.0.0.1'))
  await once(server, 'listening')
  const answer = await exchange((server.address() as AddressInfo).port, request)
  return { answer, faults }
}

describe('clientErrorHandler', () => {
  it('answers malformed HTTP in JSON and closes the connection', async () => {
    const { answer, faults } = await talk('NOT HTTP AT ALL\r\n\r\n')
    const [head, body] = answer.split('\r\n\r\n')
    expect(head).toContain('HTTP/1.1 400 Bad Request')
    expect(head).toContain('Connection: close')
    expect(head).toContain('X-Request-ID: 0123456789abcdef')
    expect(head).toContain(`Content-Length: ${body?.length}`)
    expect(JSON.parse(body ?? '')).toEqual({ code: 7226, message: 'The request is not valid HTTP.' })
    expect(faults).toEqual([{ requestId: '0123456789abcdef', status: 400, reason: expect.stringMatching(/^HPE_/) }])
  })

  it('answers too large headers with 431 exactly once, although more of them arrive', async () => {
    const { answer, faults } = await talk(`GET / HTTP/1.1\r\nHost: a\r\nX-Large: ${'x'.repeat(2_000_000)}\r\n\r\n`)
    expect(answer.match(/HTTP\/1\.1/g)).toHaveLength(1)
    expect(answer).toContain('HTTP/1.1 431 Request Header Fields Too Large')
    expect(answer).toContain('"code":7226')
    expect(faults).toHaveLength(1)
  })

  it('never lets a fault pass for the answer to an earlier request', async () => {
    const unanswered: RequestListener = () => undefined
    const { answer } = await talk('GET / HTTP/1.1\r\nHost: a\r\n\r\nNOT HTTP\r\n\r\n', unanswered)
    expect(answer).toBe('')
    const begun: RequestListener = (_request, response) => void response.writeHead(200).write('half')
    const second = await talk('GET / HTTP/1.1\r\nHost: a\r\n\r\nNOT HTTP\r\n\r\n', begun)
    expect(second.answer).not.toContain('400')
  })

  it('leaves sockets alone that are destroyed or closing', () => {
    const handler = clientErrorHandler({ newRequestId })
    const destroyed = new Socket().destroy()
    const write = vi.spyOn(destroyed, 'end')
    handler(Object.assign(new Error('reset'), { code: 'ECONNRESET' }), destroyed)
    handler(new Error('parse error'), destroyed)
    expect(write).not.toHaveBeenCalled()
  })

  it('destroys a connection that the client has reset, without an answer', () => {
    const socket = new Socket()
    const write = vi.spyOn(socket, 'end')
    clientErrorHandler({ newRequestId })(Object.assign(new Error('reset'), { code: 'ECONNRESET' }), socket)
    expect([socket.destroyed, write.mock.calls.length]).toEqual([true, 0])
  })

  it('serves as the handler of the HTTP framework', async () => {
    const app = Fastify({ clientErrorHandler: clientErrorHandler({ newRequestId }) })
    await app.listen({ host: '127.0.0.1', port: 0 })
    const answer = await exchange((app.server.address() as AddressInfo).port, 'NOT HTTP\r\n\r\n')
    await app.close()
    expect(answer).toContain('"code":7226')
  })

  it('cuts a refused client that never stops sending', () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const [ours] = duplexPair()
    clientErrorHandler({ newRequestId })(new Error('parse error'), ours as unknown as Socket)
    expect(ours.destroyed).toBe(false)
    vi.advanceTimersByTime(1_000)
    expect(ours.destroyed).toBe(true)
  })
})
