import { randomUUID } from 'node:crypto'
import { EventEmitter, on } from 'node:events'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import {
  connectRealtime,
  type RealtimeChange,
  type RealtimeConnection,
  type Transport,
} from '../../client/src/connect-realtime.ts'
import { newDataFolder } from '../support/data-folder.ts'
import { grantsOf } from '../support/grants.ts'
import { type ServerProcess, startServer } from '../support/server-process.ts'

/** Guarantee: the client hears every change from a real server on each transport, and comes back after its restart. */
let server: ServerProcess
let folder: Awaited<ReturnType<typeof newDataFolder>>
const open: RealtimeConnection[] = []

beforeAll(async () => {
  folder = await newDataFolder()
  server = await startServer(folder.path)
})
afterEach(() => {
  for (const connection of open.splice(0)) connection.close()
})
afterAll(async () => {
  await server?.stop()
  await folder?.remove()
})

/** Connects a user, and gives the changes one by one. */
function listen(userId: string, transport: Transport) {
  const told = new EventEmitter()
  const changes = on(told, 'change')
  const connection = connectRealtime({
    url: server.url,
    userId,
    transports: [transport],
    getToken: () => grantsOf(server).token(userId),
    onChange: (change) => told.emit('change', change),
  })
  open.push(connection)
  /** The next change of one of these kinds, from a revision on; what else comes before it is passed over. */
  const next = async (kinds: RealtimeChange['kind'][], from = 0): Promise<RealtimeChange> => {
    for (;;) {
      const { value } = (await changes.next()) as { value: [RealtimeChange] }
      if (kinds.includes(value[0].kind) && value[0].seq >= from) return value[0]
    }
  }
  return { connection, next }
}

describe.each(['websocket', 'sse', 'poll'] satisfies Transport[])('by %s', (transport) => {
  test('a grant of credits and a purchase elsewhere are heard, in order', async () => {
    const userId = `anna-${randomUUID()}`
    const { connection, next } = listen(userId, transport)
    const first = await next(['all'])
    expect(connection.state).toMatchObject({ state: 'live', transport })
    await grantsOf(server).credits(userId, 25)
    const credits = await next(['usage'])
    expect(credits).toMatchObject({ cause: 'admin_adjust', currency: 'CRD' })
    expect(credits.seq).toBeGreaterThan(first.seq)
    await grantsOf(server).pro(userId)
    expect((await next(['entitlements'])).seq).toBeGreaterThan(credits.seq)
  })
})

test('after a restart of the server all of them come back by themselves, and hear what follows', async () => {
  const transports = ['websocket', 'sse', 'poll'] as const
  const clients = transports.map((transport) => {
    const userId = `${transport}-${randomUUID()}`
    return { userId, ...listen(userId, transport) }
  })
  const before = await Promise.all(clients.map(({ next }) => next(['all'])))
  const { port } = new URL(server.url)
  await server.kill()
  server = await startServer(folder.path, { PURSER_PORT: port })
  await Promise.all(clients.map(({ userId }) => grantsOf(server).credits(userId, 5)))
  for (const [index, { next, connection }] of clients.entries()) {
    // The grant came before the reconnect or after it.
    const revision = (before[index]?.seq ?? 0) + 1
    expect((await next(['usage', 'all'], revision)).seq).toBe(revision)
    expect(connection.state).toMatchObject({ state: 'live', transport: transports[index] })
  }
})
