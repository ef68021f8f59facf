import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { WebSocket } from 'ws'
import { incomingPolicy } from '../../src/app/incoming-policy.ts'
import { openCredits } from '../../src/app/open-credits.ts'
import { openDelivery } from '../../src/app/open-delivery.ts'
import type { PreparedDemo } from '../../src/app/prepare-demo.ts'
import { registerSurfaces } from '../../src/app/register-surfaces.ts'
import { createTokenSecrets } from '../../src/app/token-secrets.ts'
import { readSettings } from '../../src/config/read-settings.ts'
import type { Settings } from '../../src/config/schema.ts'
import { createWrites } from '../../src/db/writes.ts'
import { requestIds } from '../../src/http/lib/request-id.ts'
import { createServer } from '../../src/http/server.ts'
import { createInProcessBus } from '../../src/realtime/bus.ts'
import { createGateway } from '../../src/realtime/gateway.ts'
import { createLogger } from '../../src/telemetry/logger.ts'
import { createMetrics } from '../../src/telemetry/metrics.ts'
import { applyDueEvents } from '../../src/usecases/incoming/apply-due-events.ts'
import type { Ctx } from '../../src/usecases/ports.ts'
import type { Demo } from './demo.ts'
import { realtimeClient } from './realtime-client.ts'
import { GROUP_MAX, type World } from './world.ts'

// biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of all shapes
type AnyBody = any
export type Asked = { headers?: Record<string, string>; body?: unknown; bytes?: string }
export type Answered = { status: number; body: AnyBody; text: string; headers: Headers }
export type ClockedServer = Awaited<ReturnType<typeof startClockedServer>>

/** What a socket waits for before a test gives it up: far longer than loopback takes. */
const FRAME_WAIT_MS = 5_000

/**
 * The whole server on a world's database and clock: every surface and the realtime gateway, listening on loopback. Time
 * passes, and what is done in the background is done, only when the test says so.
 */
export async function startClockedServer(world: World, options: { env?: Record<string, string>; demo?: Demo } = {}) {
  const settings = settingsOf(options.env ?? {})
  const bus = createInProcessBus((error) => {
    throw error
  })
  const ids = world.ctx.ids
  const announced = (change: Parameters<typeof bus.publish>[0]) => {
    world.changes.push(change)
    bus.publish(change)
  }
  const writes = createWrites({
    database: world.database,
    newEventId: () => ids.next('event'),
    announce: announced,
    now: () => world.clock.now(),
    groupMax: GROUP_MAX,
  })
  const ctx: Ctx = { ...world.ctx, ...writes }
  const logs: string[] = []
  const output = { write: (line: string) => void logs.push(line) }
  const logger = await createLogger({ level: 'trace', format: 'json', isTerminal: false, output })
  const newRequestId = requestIds(randomBytes)
  const server = createServer({ logger, maxBodyBytes: settings.maxBodyBytes, trustProxy: false, newRequestId })
  const secrets = createTokenSecrets()
  const demo = options.demo === undefined ? null : prepared(options.demo)
  const metrics = createMetrics()
  const scheduled = new Set<() => void>()
  const gateway = createGateway({
    clock: world.clock,
    read: ctx.read,
    secrets,
    bus,
    scheduler: {
      every(_intervalMs, run) {
        scheduled.add(run)
        return () => void scheduled.delete(run)
      },
    },
    newRequestId: () => newRequestId({ headers: {} }),
    logger,
    random: Math.random,
    metrics: metrics.realtime,
  })
  await registerSurfaces(server, {
    settings,
    version: '1.2.3',
    ctx,
    credits: openCredits(ctx, settings, logger).credits,
    webhooks: openDelivery({ settings, ctx, logger, metrics }),
    metrics,
    demo,
    secrets,
    url: 'http://127.0.0.1',
    engine: 'test',
    state: { isDraining: false },
    isReachable: async () => true,
    isBusConnected: () => null,
    transports: gateway,
  })
  gateway.attach(server.server)
  await server.listen({ host: '127.0.0.1', port: 0 })
  const { port } = server.server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}`
  const ask = (method: string, path: string, asked: Asked = {}) => askServer(`${url}${path}`, method, asked)
  return {
    url,
    ctx,
    logs: () => logs.join(''),
    ask,
    /** A token of a user of the demo project, as the page that tries things gets it. */
    async userToken(userId: string): Promise<string> {
      const headers = { authorization: `Bearer ${demo?.credentials.test_store_key}` }
      return (await ask('POST', '/demo/token', { headers, body: { app_user_id: userId } })).body.token
    },
    /** Opens a realtime session and reads the greeting. */
    async connect(token: string) {
      const client = realtimeClient(new WebSocket(`ws://127.0.0.1:${port}/realtime?token=${token}`))
      return { ...client, hello: await inTime(client.next()) }
    },
    /** Lets everything that runs at intervals run once, at the time it is. */
    tick: () => {
      for (const run of [...scheduled]) run()
    },
    /** Lets the worker apply RevenueCat's events that are due. */
    applyEvents: () =>
      applyDueEvents(ctx, incomingPolicy(settings), (_event, error) => {
        throw error
      }),
    async close() {
      await gateway.drain()
      await server.close()
    },
  }
}

export async function inTime<Value>(promise: Promise<Value>): Promise<Value> {
  const late = new AbortController()
  const timer = setTimeout(() => late.abort(), FRAME_WAIT_MS)
  try {
    return await Promise.race([
      promise,
      once(late.signal, 'abort').then(() => Promise.reject(new Error('nothing came'))),
    ])
  } finally {
    clearTimeout(timer)
  }
}

async function askServer(url: string, method: string, { headers = {}, body, bytes }: Asked): Promise<Answered> {
  const sent = bytes ?? (body === undefined ? undefined : JSON.stringify(body))
  const answer = await fetch(url, {
    method,
    headers: { ...(sent === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(sent === undefined ? {} : { body: sent }),
  })
  const text = await answer.text()
  return { status: answer.status, body: text === '' ? null : JSON.parse(text), text, headers: answer.headers }
}

function settingsOf(env: Record<string, string>): Settings {
  const read = readSettings(env, () => '')
  if (!read.ok) throw new Error(JSON.stringify(read))
  return read.reading.settings
}

function prepared({ projectId, testStoreKey, secretKeyV1, secretKeyV2 }: Demo): PreparedDemo {
  return {
    credentials: {
      url: 'http://127.0.0.1',
      project_id: projectId,
      test_store_key: testStoreKey,
      secret_key_v1: secretKeyV1,
      secret_key_v2: secretKeyV2,
      admin_secret: 'unused-because-the-settings-have-one',
      dashboard_url: 'http://127.0.0.1/',
    },
    path: 'unused',
    isNew: true,
  }
}
