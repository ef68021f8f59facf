import { EventEmitter, once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocket } from 'ws'
import type { CustomerChange } from '../../src/core/events/event.ts'
import { createInProcessBus } from '../../src/realtime/bus.ts'
import { createGateway } from '../../src/realtime/gateway.ts'
import type { GatewayDeps } from '../../src/realtime/gateway-deps.ts'
import { bootstrapSession } from '../../src/usecases/realtime/bootstrap-session.ts'
import { openEventStream } from './event-stream-client.ts'
import { realtimeRoutes } from './realtime-routes.ts'
import { realtimeWorld } from './realtime-world.ts'

export type Frame = { v: number; event: string; data: Record<string, unknown> }

/** A client that reads its frames one by one, in order. */
export function realtimeClient(ws: WebSocket) {
  const frames: Frame[] = []
  const waiting: ((frame: Frame) => void)[] = []
  ws.on('message', (data: Buffer) => {
    const frame = JSON.parse(data.toString()) as Frame
    const next = waiting.shift()
    if (next === undefined) frames.push(frame)
    else next(frame)
  })
  return {
    ws,
    closed: once(ws, 'close').then(([code, reason]) => ({ code: Number(code), reason: String(reason) })),
    next: () => {
      const frame = frames.shift()
      return frame === undefined ? new Promise<Frame>((resolve) => waiting.push(resolve)) : Promise.resolve(frame)
    },
    send: (frame: object) => ws.send(JSON.stringify({ v: 1, ...frame })),
    /** A ping with its answer: everything the server had sent before is among the frames that come first. */
    settled: async () => {
      const before: Frame[] = []
      ws.send('{"v":1,"op":"ping"}')
      for (;;) {
        const frame = frames.shift() ?? (await new Promise<Frame>((resolve) => waiting.push(resolve)))
        if (frame.event === 'pong') return before
        before.push(frame)
      }
    },
  }
}

/** A gateway on a loopback server with everything around it in memory. `close` ends it. */
export async function startGateway(overrides: Partial<GatewayDeps> = {}, listener?: RequestListener) {
  const world = realtimeWorld()
  const bus = createInProcessBus(() => undefined)
  const counted: number[] = []
  const sessions = new Map<string, number>()
  const sent: string[] = []
  const metered: string[] = []
  const errors: string[] = []
  const changed = new EventEmitter()
  const gateway = createGateway({
    clock: {
      now: () => {
        changed.emit('clock')
        return world.clock.now()
      },
    },
    scheduler: world.clock,
    read: world.read,
    secrets: world.secrets,
    bus,
    random: () => 0.5,
    newRequestId: () => '0123456789abcdef',
    logger: { debug: () => undefined, error: (_fields, message) => void errors.push(message) },
    metrics: {
      sessionsChanged: (transport, count) => {
        sessions.set(transport, count)
        counted.push([...sessions.values()].reduce((sum, of) => sum + of, 0))
        metered.push(`sessions ${transport} ${count}`)
        changed.emit('count')
      },
      envelopeSent: (event) => void sent.push(event),
      toldAfter: (lagMs) => void metered.push(`lag ${lagMs}`),
      waiting: () => undefined,
      resumed: (transport) => void metered.push(`resumed ${transport}`),
      ended: (code) => void metered.push(`ended ${code}`),
      swept: (behind) => {
        metered.push(`swept ${behind}`)
        changed.emit('swept')
      },
    },
    ...overrides,
  })
  world.announceTo(bus.publish)
  const app = await realtimeRoutes(world, gateway)
  const server = listener === undefined ? app.server : createServer(listener)
  gateway.attach(server)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  const open = (path: string, headers: Record<string, string> = {}) =>
    new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers })
  return {
    world,
    bus,
    gateway,
    server,
    port,
    counted,
    metered,
    sent,
    errors,
    /** Waits until the gateway looks at the clock, which it does with everything that it hears. */
    heard: () => once(changed, 'clock'),
    /** Waits until all sessions were compared with the database. */
    swept: () => once(changed, 'swept'),
    /** Waits until the number of open sessions is this. */
    async until(count: number) {
      while (counted.at(-1) !== count) await once(changed, 'count')
    },
    token: async (userId: string, deviceId?: string, defaultTopics?: string[]) =>
      (await bootstrapSession(world, { projectId: 'proj', userId, deviceId, defaultTopics })).token,
    /** Connects and reads the greeting. */
    async connect(token: string, headers: Record<string, string> = {}) {
      const client = realtimeClient(open(`/realtime?token=${token}`, headers))
      return { ...client, hello: await client.next() }
    },
    /** Opens a stream of server-sent events. */
    stream: (query: string, headers: Record<string, string> = {}) =>
      openEventStream(`http://127.0.0.1:${port}/realtime/events${query}`, headers),
    /** Sends a request to the server and reads its JSON. */
    async ask(path: string, options: RequestInit = {}) {
      const response = await fetch(`http://127.0.0.1:${port}${path}`, options)
      const text = await response.text()
      return { status: response.status, headers: response.headers, body: text === '' ? null : JSON.parse(text) }
    },
    /** Connects in vain and answers how the upgrade was refused. */
    async refused(path: string, headers: Record<string, string> = {}) {
      const ws = open(path, headers)
      ws.on('error', () => undefined)
      const [, response] = (await once(ws, 'unexpected-response')) as [unknown, IncomingMessage]
      const body = Buffer.concat(await response.toArray()).toString()
      return { status: response.statusCode, headers: response.headers, body: JSON.parse(body) as unknown }
    },
    async close() {
      await gateway.drain()
      await app.close()
      server.closeAllConnections()
      if (server.listening) await once(server.close(), 'close')
    },
  }
}

/** A change of a customer, told over the bus. */
export function customerChange(
  customerId: string,
  revision: number,
  fields: Partial<CustomerChange> = {},
): CustomerChange {
  return {
    projectId: 'proj',
    customerId,
    revision,
    kinds: ['usage'],
    cause: 'purchase',
    currency: 'CRD',
    occurredAt: Date.UTC(2026, 4, 4, 10),
    absorbedCustomerId: null,
    ...fields,
  }
}
