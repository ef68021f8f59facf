import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { boundSilentConnections } from './silent-connections.ts'

const ends: Array<() => void> = []

afterEach(() => {
  for (const end of ends.splice(0)) end()
})

async function start(silentMax: number) {
  const server = createServer((_request, response) => response.end('here'))
  const silent = boundSilentConnections(server, silentMax)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  ends.push(
    () => server.close(),
    () => server.closeAllConnections(),
  )
  const open = async (): Promise<Socket> => {
    const accepted = once(server, 'connection')
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
    ends.push(() => socket.destroy())
    // Whoever is cut may see a reset; the close is what counts.
    socket.on('error', () => undefined)
    await Promise.all([once(socket, 'connect'), accepted])
    return socket
  }
  return { open, silent }
}

const closed = (socket: Socket) => new Promise((resolve) => socket.once('close', resolve))

const REQUEST = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'

describe('silent connections', () => {
  it('beyond the bound cost the oldest silent one its place, and nobody who has spoken', async () => {
    const { open, silent } = await start(2)
    const speaker = await open()
    speaker.write(REQUEST)
    await once(speaker, 'data')
    const oldest = await open()
    const ended = closed(oldest)
    for (let count = 0; count < 2; count++) await open()
    await ended
    expect(silent()).toBe(2)
    speaker.write(REQUEST)
    expect(String((await once(speaker, 'data'))[0])).toContain('200 OK')
  })

  it('count while half a head is all that they said', async () => {
    const { open, silent } = await start(1)
    const half = await open()
    half.write('GET / HTTP/1.1\r\nHo')
    const ended = closed(half)
    await open()
    await ended
    expect(silent()).toBe(1)
  })
})
