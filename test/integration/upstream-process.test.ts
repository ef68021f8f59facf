import { once } from 'node:events'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { WebSocket } from 'ws'
import { newDataFolder } from '../support/data-folder.ts'
import { newServerDatabase } from '../support/server-database.ts'
import { type ServerProcess, startServer } from '../support/server-process.ts'
import { startUpstreamProcess, type UpstreamProcess } from '../support/upstream-world.ts'

/** Guarantee: three settings put a server in front of another one, and its users hear of what operators do there. */

let upstream: UpstreamProcess
let front: ServerProcess
const cleanups: Array<() => Promise<unknown>> = []
beforeAll(async () => {
  upstream = await startUpstreamProcess()
  cleanups.push(upstream.stop)
  const folder = await newDataFolder()
  const database = await newServerDatabase(inject('server'))
  cleanups.push(database.drop, folder.remove)
  front = await startServer(folder.path, {
    DATABASE_URL: database.url,
    PURSER_CREDITS_UPSTREAM_URL: `${upstream.server.url}/v2`,
    PURSER_CREDITS_UPSTREAM_KEY: upstream.server.credentials.secret_key_v2,
    PURSER_CREDITS_UPSTREAM_PROJECT: upstream.server.credentials.project_id,
  })
  cleanups.push(() => front.stop())
})
afterAll(async () => {
  for (const cleanup of cleanups.reverse()) await cleanup()
})

async function ask(path: string, bearer: string, body?: object): Promise<Record<string, unknown>> {
  const answer = await fetch(front.url + path, {
    headers: { authorization: `Bearer ${bearer}`, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { method: 'POST', body: JSON.stringify(body) }),
  })
  return (await answer.json()) as Record<string, unknown>
}

/** Opens the live session of a user, and answers what it hears. */
async function listen(userId: string): Promise<{ events: string[]; close(): void }> {
  const signedIn = await ask('/demo/token', front.credentials.test_store_key, { app_user_id: userId })
  const session = await ask('/v1/sessions/realtime-bootstrap', String(signedIn.token), {})
  const socket = new WebSocket(`${front.url.replace('http', 'ws')}/realtime?token=${session.token}`)
  const events: string[] = []
  socket.on('message', (data) => events.push((JSON.parse(String(data)) as { event: string }).event))
  await once(socket, 'message')
  return { events, close: () => socket.close() }
}

test('a grant is made at the upstream, and reaches the session of that user and of nobody else', async () => {
  await upstream.meet('anna', 'ben')
  const [anna, ben] = await Promise.all([listen('anna'), listen('ben')])
  const body = { user_id: 'anna', amount: 50, reason: 'ZD-1042 goodwill', idempotency_key: 'k' }
  const done = await ask('/admin/credits/adjust', front.credentials.admin_secret, body)
  expect(done).toMatchObject({ balance: 50, replayed: false })
  expect(await upstream.balanceOf('anna')).toBe(50)
  await expect.poll(() => anna.events).toContain('usage.changed')
  expect(anna.events.filter((event) => event === 'usage.changed')).toHaveLength(1)
  expect(ben.events).toEqual(['connected'])
  anna.close()
  ben.close()
  expect(await ask('/admin/credits/users/anna/balances', front.credentials.admin_secret)).toMatchObject({
    items: [{ code: 'CRD', balance: 50 }],
  })
  expect(front.output()).not.toContain(upstream.server.credentials.secret_key_v2)
})
