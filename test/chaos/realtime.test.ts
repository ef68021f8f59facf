import { randomInt, randomUUID } from 'node:crypto'
import { afterEach, expect, inject, test } from 'vitest'
import { statement } from '../../src/db/statement.ts'
import { newDataFolder } from '../support/data-folder.ts'
import { openTestDatabase, TEMPLATE } from '../support/database.ts'
import { bootstrap, signIn } from './bootstrap.ts'
import { type ChaosClient, startClient, type Transport } from './client.ts'
import { type Cluster, startCluster } from './cluster.ts'
import { eventStreamTransport } from './event-stream-transport.ts'
import { createHavoc } from './havoc.ts'
import { pollTransport } from './poll-transport.ts'
import { startRedis } from './redis-server.ts'
import { type SeededRandom, seededRandom } from './seeded-random.ts'
import { webSocketTransport } from './web-socket-transport.ts'
import { writeChanges } from './writers.ts'

/**
 * Guarantee: whatever dies on the way, each client ends with the revision that its user has in the database, hears of
 * nobody else, and is never told more often than promised. PURSER_CHAOS=full is the size of the promise in
 * docs/status.md; the default is one that two cores finish in a minute. PURSER_CHAOS_SEED repeats the choices of a run.
 */
const SIZES = {
  small: { clients: 150, changes: 4_000, blows: 11 },
  full: { clients: 500, changes: 20_000, blows: 36 },
}
const size = process.env.PURSER_CHAOS === 'full' ? SIZES.full : SIZES.small
const seed = Number(process.env.PURSER_CHAOS_SEED ?? randomInt(2 ** 31))
const SERVERS = 2

/** The share of changes that is written in the end, when all that is hurt is Redis. */
const CALM_SHARE = 0.1

/** A fifth of the clients is a second device of a user. */
const USERS = Math.round(size.clients * 0.8)

const TRANSPORTS: readonly [string, Transport][] = [
  ['web socket', webSocketTransport],
  ['event stream', eventStreamTransport],
  ['poll', pollTransport],
]

/** Within this every client has to be up to date once nothing is hurt any more: a few looks at the revisions. */
const SETTLE_WITHIN_MS = 60_000
const POLL_MS = 100

const REVISIONS = statement(
  'test.revisions',
  `select a.app_user_id as user_id, c.customer_id, c.revision
   from customer_aliases a join customers c on c.bucket = a.customer_bucket and c.customer_id = a.customer_id
   where a.app_user_id = any($1)`,
)
type Truth = { user_id: string; customer_id: string; revision: number }

const cleanups: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

test(`${size.clients} clients miss nothing while ${size.changes} changes are written and everything is killed`, async () => {
  process.stdout.write(`chaos: PURSER_CHAOS_SEED=${seed}\n`)
  const { cluster, redis, truth } = await openPlace()
  const users = Array.from({ length: USERS }, (_, index) => `user-${index}`)
  const clients = await startClients(cluster, users)
  const before = await truth(users)
  await until(() => clients.every((client) => client.cursor() !== null), 'every client has been greeted')

  const writtenFrom = performance.now()
  const written = new Map<string, number>()
  const write = (stage: string, changes: number, onWritten: (count: number) => void) =>
    writeChanges({
      users,
      changes,
      written,
      adminSecret: cluster.credentials().admin_secret,
      runName: `${stage}-${randomUUID()}`,
      servers: cluster.servers,
      random: seededRandom(seed + 1),
      onWritten,
    })
  const calm = Math.round(size.changes * CALM_SHARE)
  const wild = size.changes - calm
  const victims = { cluster, redis, clients, random: seededRandom(seed + 2) }
  const havoc = createHavoc(victims, Math.floor(wild / size.blows))
  await write('wild', wild, havoc.written)
  await havoc.end()
  // The last changes are made while no process hears another, and nothing happens after them that would make up for it.
  await redis.kill()
  await write('calm', calm, () => undefined)
  const writtenMs = performance.now() - writtenFrom

  const after = await truth(users)
  const settledFrom = performance.now()
  const isBehind = (client: ChaosClient) => client.cursor() !== after.get(client.userId)?.revision
  await until(() => !clients.some(isBehind), 'every client is up to date').catch(() => undefined)
  report(clients, havoc.done, writtenMs, performance.now() - settledFrom)
  expect(
    clients.filter(isBehind).map((client) => stateOf(client, after)),
    cluster.output(),
  ).toEqual([])
  expect(await readiness(cluster)).toEqual([false, false])
  await redis.start()
  await until(async () => !(await readiness(cluster)).includes(false), 'every server has found Redis again')

  expect(clients.flatMap((client) => client.judge.faults)).toEqual([])
  for (const client of clients) {
    const own = after.get(client.userId)?.customer_id
    expect([...client.judge.customers].filter((customerId) => customerId !== own)).toEqual([])
  }
  // Each change was written exactly once, so the revisions that the clients have reached are the right ones.
  for (const userId of users) {
    const raised = (after.get(userId)?.revision ?? 0) - (before.get(userId)?.revision ?? 0)
    expect([userId, raised]).toEqual([userId, written.get(userId) ?? 0])
  }
})

/** A database, a Redis and servers of this test's own. */
async function openPlace() {
  const redisPath = process.env.PURSER_TEST_REDIS
  if (redisPath === undefined) throw new Error('PURSER_TEST_REDIS names no redis-server')
  const folder = await newDataFolder()
  cleanups.push(folder.remove)
  const place = inject('server')
  const name = `chaos_${randomUUID().replaceAll('-', '')}`
  const admin = openTestDatabase(place, 'purser', 1)
  await admin.withConnection((_query, raw) => raw(`create database ${name} template ${TEMPLATE}`))
  cleanups.push(async () => {
    await admin.withConnection((_query, raw) => raw(`drop database ${name} with (force)`))
    await admin.close()
  })
  const database = openTestDatabase(place, name, 1)
  cleanups.push(database.close)
  const redis = await startRedis(redisPath, folder.path)
  cleanups.push(redis.kill)
  const cluster = await startCluster(SERVERS, folder.path, {
    DATABASE_URL: `postgresql://${place.user}@localhost:${place.port}/${name}?host=${encodeURIComponent(place.host)}`,
    REDIS_URL: redis.url,
  })
  cleanups.push(cluster.stop)
  const truth = async (users: readonly string[]) =>
    new Map((await database.query<Truth>(REVISIONS, [users])).map((row) => [row.user_id, row]))
  return { cluster, redis, truth }
}

async function startClients(cluster: Cluster, users: readonly string[]): Promise<ChaosClient[]> {
  const random = seededRandom(seed)
  const clients: ChaosClient[] = []
  cleanups.push(() => Promise.all(clients.map((client) => client.stop())))
  for (let index = 0; index < size.clients; index++) {
    const userId = users[index % users.length] ?? ''
    clients.push(await startOne(cluster, userId, index, random))
  }
  return clients
}

async function startOne(cluster: Cluster, userId: string, index: number, random: SeededRandom): Promise<ChaosClient> {
  const [transportName, transport] = TRANSPORTS[index % TRANSPORTS.length] ?? ['web socket', webSocketTransport]
  const ask = async () => {
    const server = random.pick(cluster.servers())
    const jwt = await signIn(server, cluster.credentials().test_store_key, userId)
    return bootstrap(server, jwt, `device-${index}`)
  }
  const { servers } = cluster
  return startClient({ userId, transportName, transport, token: await ask(), bootstrap: ask, servers, random })
}

/** Whether each server says that it has Redis. All must be ready, with and without it. */
function readiness(cluster: Cluster): Promise<(boolean | undefined)[]> {
  return Promise.all(
    cluster.servers().map(async ({ url }) => {
      const answer = await fetch(`${url}/ready`)
      const { checks } = (await answer.json()) as { checks: { redis?: boolean } }
      expect(answer.status).toBe(200)
      return checks.redis
    }),
  )
}

async function until(isSo: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const deadline = performance.now() + SETTLE_WITHIN_MS
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`not within ${SETTLE_WITHIN_MS} ms: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
}

function stateOf(client: ChaosClient, truth: ReadonlyMap<string, Truth>): object {
  const { userId, transportName } = client
  return { userId, transportName, cursor: client.cursor(), revision: truth.get(userId)?.revision, seed }
}

function report(clients: readonly ChaosClient[], blows: readonly string[], writtenMs: number, settledMs: number): void {
  const lines = clients.reduce((sum, client) => sum + client.lines(), 0)
  const envelopes = clients.reduce((sum, client) => sum + client.judge.count, 0)
  const [perSecond, settled] = [Math.round((size.changes / writtenMs) * 1_000), Math.round(settledMs)]
  process.stdout.write(
    `chaos: ${clients.length} clients, ${lines} connections, ${size.changes} changes at ${perSecond}/s, ` +
      `${envelopes} envelopes, settled after ${settled} ms, blows: ${blows.join(', ')}\n`,
  )
}
