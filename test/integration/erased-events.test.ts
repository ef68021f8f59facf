import { afterEach, beforeEach, expect, test } from 'vitest'
import { deleteCustomer } from '../../src/usecases/customers/delete-customer.ts'
import { setAttributes } from '../../src/usecases/customers/set-attributes.ts'
import { relayEvents } from '../../src/usecases/webhooks/relay-events.ts'
import { auditDatabase } from '../support/audit.ts'
import { type ClockedServer, startClockedServer } from '../support/clocked-server.ts'
import { buy, createDemo, type Demo } from '../support/demo.ts'
import { startReceiver, type WebhookReceiver } from '../support/webhook-receiver.ts'
import { addEndpoint, startSending } from '../support/webhook-sending.ts'
import { openWorld, type World } from '../support/world.ts'

const ADMIN = 'an-admin-secret-of-the-test'
let world: World
let demo: Demo
let server: ClockedServer
let receiver: WebhookReceiver
let endpointId: string

beforeEach(async () => {
  world = await openWorld()
  demo = await createDemo(world.ctx)
  receiver = await startReceiver()
  server = await startClockedServer(world, { demo, env: { PURSER_ADMIN_SECRET: ADMIN } })
  endpointId = (await addEndpoint(world.ctx, demo.projectId, { url: receiver.url })).endpointId
})
afterEach(async () => {
  const violations = await auditDatabase(world.database)
  await server.close()
  await receiver.close()
  await world.close()
  expect(violations).toEqual([])
})

const ask = (method: string, path: string, body?: unknown) =>
  server.ask(method, `/admin${path}`, { headers: { authorization: `Bearer ${ADMIN}` }, body })
const replay = (path: string, body?: unknown) => ask('POST', `/webhooks/endpoints/${endpointId}${path}`, body)
const positionsOf = (events: ReadonlyArray<{ position: number }>) => events.map(({ position }) => position)
const erase = (appUserId: string) => deleteCustomer(world.ctx, { projectId: demo.projectId, appUserId, by: 'apikey1' })

/** Somebody with a name, an address and two events: of the purchase and of its units. */
async function live(appUserId: string): Promise<void> {
  const attributes = [{ key: '$email', value: `${appUserId}@example.com`, updatedAt: null }]
  await setAttributes(world.ctx, { projectId: demo.projectId, appUserId, attributes })
  await buy(world.ctx, demo, appUserId, 'credits_500')
  await relayEvents(world.ctx, (_event, error) => {
    throw error
  })
}

async function sendDue(): Promise<string[]> {
  const sending = startSending(world.ctx)
  const before = receiver.received.length
  await sending.sendDue()
  sending.close()
  return receiver.received.slice(before).map(({ body }) => body)
}

/** Anna, whose events are at 3 and 4, is gone; ben and cleo are before and after. */
async function eraseAnna(): Promise<void> {
  for (const user of ['ben', 'anna', 'cleo']) await live(user)
  expect((await ask('GET', '/events')).text).toContain('anna@example.com')
  expect(await erase('anna')).toEqual({ ok: true, value: null })
}

test('the feed passes over the events of who was deleted, and a cursor among them goes on', async () => {
  await eraseAnna()
  const all = await ask('GET', '/events')
  expect([all.status, positionsOf(all.body.events), all.body.next]).toEqual([200, [1, 2, 5, 6], '6'])
  expect(all.text).not.toContain('anna')
  for (const after of [2, 3, 4]) {
    const rest = await ask('GET', `/events?after=${after}`)
    expect([rest.status, positionsOf(rest.body.events)]).toEqual([200, [5, 6]])
  }
  const parts = await ask('GET', '/events?limit=2')
  expect(parts.body).toMatchObject({ next: '2', has_more: true })
})

test('when the last of the feed were deleted, a cursor at its end stays good and gets what comes next', async () => {
  for (const user of ['ben', 'anna']) await live(user)
  await erase('anna')
  const atEnd = await ask('GET', '/events?after=4')
  expect(atEnd).toMatchObject({ status: 200, body: { events: [], next: '4', has_more: false } })
  await live('cleo')
  const next = await ask('GET', '/events?after=4')
  expect([next.status, positionsOf(next.body.events)]).toEqual([200, [5, 6]])
})

test('a replay of what a deleted customer did finds nothing, and of a part of the feed sends what is left', async () => {
  await eraseAnna()
  expect((await sendDue()).join()).not.toContain('anna')
  for (const position of [3, 4]) {
    const answer = await replay(`/deliveries/${position}/replay`)
    expect([answer.status, answer.body.detail]).toEqual([404, 'event_not_found'])
    expect(await ask('GET', `/webhooks/endpoints/${endpointId}/deliveries/${position}`)).toMatchObject({
      status: 404,
      body: { detail: 'delivery_not_found' },
    })
  }
  expect(await replay('/replay', { after: 2 })).toMatchObject({ status: 200, body: { queued: 2, next_after: null } })
  const sent = await sendDue()
  expect(sent).toHaveLength(2)
  expect(sent.join()).not.toContain('anna')
  expect((await replay('/replay', {})).body.queued).toBe(4)
  const listed = await ask('GET', `/webhooks/endpoints/${endpointId}/deliveries`)
  expect(positionsOf(listed.body.items)).toEqual([6, 5, 2, 1])
})

test('what was claimed when its customer was deleted comes to nothing, and holds up nobody', async () => {
  for (const user of ['anna', 'ben']) await live(user)
  let isDeleted = false
  receiver.answer(async (response) => {
    if (!isDeleted) {
      isDeleted = true
      await erase('anna')
    }
    response.writeHead(200).end()
  })
  const sent = await sendDue()
  expect(sent.filter((body) => body.includes('ben'))).toHaveLength(2)
  expect((await ask('GET', `/webhooks/endpoints/${endpointId}`)).body).toMatchObject({ waiting_customers: 0 })
})
