import { afterEach, expect, test } from 'vitest'
import { statement } from '../../src/db/statement.ts'
import { newDataFolder } from '../support/data-folder.ts'
import { inFolder } from '../support/in-folder.ts'
import { type ServerProcess, startServer } from '../support/server-process.ts'
import { type answering, type Received, startReceiver, type WebhookReceiver } from '../support/webhook-receiver.ts'
import { newJournal, userIds, writeUntil } from './writers.ts'

/** Guarantee: each event is delivered at least once and, within a customer, in order, after any of these deaths. */
const ROUNDS = Number(process.env.PURSER_CRASH_ROUNDS ?? 3)
const WRITERS = 4
const writesBeforeKill = (round: number) => 8 + ((round * 7) % 17)
/** What a dead process had claimed is sent again after its lease of 90 seconds; `PURSER_CRASH_WAITS=1` waits for it. */
const DELIVERED_WITHIN_MS = 150_000
const WAITS = process.env.PURSER_CRASH_WAITS === '1'
const LOOK_EVERY_MS = 200

const cleanups: Array<() => Promise<unknown>> = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

test(`kill -9 between commit and delivery, ${ROUNDS} times, loses and reorders no event`, async () => {
  const folder = await newDataFolder()
  const receiver = await startReceiver(slowly)
  cleanups.push(folder.remove, receiver.close)
  const settings = { PURSER_WEBHOOK_ALLOWED_HOSTS: '127.0.0.1' }
  let server = await startServer(folder.path, settings)
  cleanups.push(() => server.kill())
  await admin(server, '/webhooks/endpoints', { name: 'receiver', url: receiver.url })
  for (let round = 0; round < ROUNDS; round++) {
    const journal = newJournal()
    const target = writesBeforeKill(round)
    const writers = Array.from({ length: WRITERS }, () =>
      writeUntil(server.url, server.credentials, journal, () => journal.acknowledged.length >= target),
    )
    await Promise.all(writers)
    await server.kill()
    if (round === ROUNDS - 1 && !WAITS) await endLeases(folder.path)
    server = await startServer(folder.path, settings)
  }
  const told = await untilAllDelivered(server, receiver)
  expect(told.length).toBeGreaterThan(ROUNDS)
  for (const userId of userIds()) {
    const events = told.filter(({ user }) => user === userId).map(({ id }) => id)
    const heard = receiver.received.map(eventOf).filter(({ user }) => user === userId)
    // An event may come again, but only before the next one of its customer.
    expect(withoutRepeats(heard.map(({ id }) => id))).toEqual(events)
  }
  expect(await server.stop()).toBe(0)
})

const END_LEASES = statement(
  'test.end_leases',
  'update webhook_lanes set due_at = now(), leased_until = now() where leased_until > now()',
)

/** As if the time of a lease had passed before anybody started the server again. */
function endLeases(dataDir: string): Promise<unknown> {
  return inFolder(dataDir, ({ engine: { database } }) => database.query(END_LEASES, []))
}

const slowly = (response: Parameters<ReturnType<typeof answering>>[0]) =>
  void setTimeout(() => response.writeHead(200).end(), 20)

type Told = { id: string; user: string }

function eventOf({ body }: Pick<Received, 'body'>): Told {
  const { id, app_user_id: user } = JSON.parse(body).event
  return { id, user }
}

/** All events of the feed, once the receiver has heard of each. */
async function untilAllDelivered(server: ServerProcess, receiver: WebhookReceiver): Promise<Told[]> {
  const deadline = performance.now() + DELIVERED_WITHIN_MS
  for (;;) {
    const told = await feedOf(server)
    const heard = new Set(receiver.received.map((one) => eventOf(one).id))
    const missing = told.filter(({ id }) => !heard.has(id))
    if (told.length > 0 && missing.length === 0 && (await isRelayed(server))) return told
    if (performance.now() > deadline) throw new Error(`${missing.length} of ${told.length} events were not delivered`)
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))
  }
}

/** Two looks at the end of the feed, longer apart than the relay takes, find the same. */
async function isRelayed(server: ServerProcess): Promise<boolean> {
  const before = (await feedOf(server)).length
  await new Promise((resolve) => setTimeout(resolve, 3_000))
  return (await feedOf(server)).length === before
}

async function feedOf(server: ServerProcess): Promise<Told[]> {
  const told: Told[] = []
  for (let after = '0'; ; ) {
    const page = await admin(server, `/events?limit=100&after=${after}`)
    told.push(...page.events.map(({ body }: { body: object }) => eventOf({ body: JSON.stringify(body) })))
    if (!page.has_more) return told
    after = page.next
  }
}

// biome-ignore lint/suspicious/noExplicitAny: answers of several routes
async function admin(server: ServerProcess, path: string, body?: unknown): Promise<any> {
  const answer = await fetch(`${server.url}/admin${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${server.credentials.admin_secret}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  if (!answer.ok) throw new Error(`${path} was answered with ${answer.status}: ${await answer.text()}`)
  return answer.json()
}

function withoutRepeats(ids: readonly string[]): string[] {
  return ids.filter((id, index) => id !== ids[index - 1])
}
