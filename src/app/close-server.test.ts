import { once } from 'node:events'
import { Agent, get, type IncomingMessage } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import Fastify from 'fastify'
import { expect, it } from 'vitest'
import { watchConnections } from './close-server.ts'

it('a closing server waits for the request under way, and for no connection without one', async () => {
  const server = Fastify()
  const close = watchConnections(server)
  let answer = (_text: string): void => undefined
  const asked = new Promise<void>((resolve) => {
    server.get('/', () => {
      resolve()
      return new Promise<string>((give) => {
        answer = give
      })
    })
  })
  await server.listen({ host: '127.0.0.1', port: 0 })
  const { port } = server.server.address() as AddressInfo
  // Opened in advance, as browsers do: Node alone would wait for its first request.
  const unused = connect(port, '127.0.0.1')
  await once(unused, 'connect')
  const agent = new Agent({ keepAlive: true })
  const received = once(get({ host: '127.0.0.1', port, path: '/', agent }), 'response') as Promise<[IncomingMessage]>
  await asked
  const unusedEnded = once(unused, 'close')
  const closing = close()
  await unusedEnded
  answer('done')
  const [response] = await received
  expect(Buffer.concat(await response.toArray()).toString()).toBe('done')
  await closing
  agent.destroy()
})
