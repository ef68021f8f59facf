import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type ClockedServer, startClockedServer } from '../support/clocked-server.ts'
import { createDemo, type Demo } from '../support/demo.ts'
import { answering, startReceiver, type WebhookReceiver } from '../support/webhook-receiver.ts'
import { addEndpoint, relay, startSending } from '../support/webhook-sending.ts'
import { openWorld, type World } from '../support/world.ts'

const ADMIN = 'an-admin-secret-of-the-test'
let world: World
let demo: Demo
let server: ClockedServer
let receiver: WebhookReceiver

beforeEach(async () => {
  world = await openWorld()
  demo = await createDemo(world.ctx)
  receiver = await startReceiver()
  const env = { PURSER_ADMIN_SECRET: ADMIN, PURSER_WEBHOOK_ALLOWED_HOSTS: '127.0.0.1' }
  server = await startClockedServer(world, { demo, env })
})
afterEach(async () => {
  await server.close()
  await receiver.close()
  await world.close()
})

const ask = (method: string, path: string, body?: unknown) =>
  server.ask(method, `/admin/webhooks/endpoints${path}`, { headers: { authorization: `Bearer ${ADMIN}` }, body })

describe('endpoints', () => {
  test('a secret is shown when it is made and never again; an authorization not at all', async () => {
    const body = { name: 'Backend', url: receiver.url, authorization: 'Bearer private-value' }
    const created = await ask('POST', '', body)
    expect(created.status).toBe(201)
    expect(created.body).toMatchObject({ name: 'Backend', state: 'active', has_authorization: true, event_types: null })
    expect(created.body.signing_secret).toMatch(/^whsec_/)
    const id = `/${created.body.endpoint_id}`
    const texts = [created.text, (await ask('GET', '')).text, (await ask('GET', id)).text, server.logs()]
    expect(texts.join()).not.toContain('private-value')
    expect(texts.slice(1).join()).not.toContain(created.body.signing_secret)
    expect((await ask('GET', id)).body).toMatchObject({ waiting_customers: 0 })
  })

  test('after a rotation requests carry both signatures for a day, or only the new one if that is wanted', async () => {
    const { body } = await ask('POST', '', {
      name: 'Backend',
      url: receiver.url,
      signing_secret: 'the-secret-of-before',
    })
    expect(body.signing_secret).toBe('the-secret-of-before')
    const signatures = async () => {
      await ask('POST', `/${body.endpoint_id}/test`)
      return String(receiver.received.at(-1)?.headers['x-revenuecat-webhook-signature']).split(',').length - 1
    }
    const rotated = await ask('POST', `/${body.endpoint_id}/rotate-secret`)
    expect(rotated.body.previous_secret_ends_at).toBe(new Date(world.clock.now() + 86_400_000).toISOString())
    expect(await signatures()).toBe(2)
    world.clock.advance(86_400_000)
    expect(await signatures()).toBe(1)
    await ask('POST', `/${body.endpoint_id}/rotate-secret`, { keep_previous: false })
    expect(await signatures()).toBe(1)
  })

  const refused: Array<[string, unknown, string]> = [
    ['a private address', { name: 'x', url: 'https://10.0.0.1/' }, 'destination_refused: the url leads to an address'],
    ['plain HTTP', { name: 'x', url: 'http://192.0.2.1/' }, 'destination_refused: the url must begin with https'],
    ['an unknown field', { name: 'x', url: 'https://a.example/', urll: 1 }, '"urll": is not a known field'],
    [
      'an unknown event',
      { name: 'x', url: 'https://a.example/', event_types: ['REFUND'] },
      'event_types: must be null',
    ],
    [
      'a header of two lines',
      { name: 'x', url: 'https://a.example/', authorization: 'a\nb' },
      'authorization: must be',
    ],
    ["another project's app", { name: 'x', url: 'https://a.example/', app_id: 'app1' }, 'app_unknown'],
    ['nothing', {}, 'name: is required; url: is required'],
  ]
  test.each(refused)('%s is refused with the reason', async (_name, body, detail) => {
    const answer = await ask('POST', '', body)
    expect(answer.status).toBe(422)
    expect(answer.body.detail).toContain(detail)
  })

  test('twenty are enough for a project', async () => {
    for (let count = 0; count < 20; count++) await addEndpoint(world.ctx, demo.projectId, { url: receiver.url })
    const answer = await ask('POST', '', { name: 'x', url: receiver.url })
    expect([answer.status, answer.body.detail]).toEqual([422, 'too_many_endpoints: a project has at most 20'])
  })

  test('what is left out of a change stays, and a deleted one is gone', async () => {
    const { body } = await ask('POST', '', { name: 'A', url: receiver.url, event_types: ['RENEWAL'] })
    const id = `/${body.endpoint_id}`
    expect((await ask('PATCH', id, { name: 'B', state: 'paused' })).body).toMatchObject({
      name: 'B',
      state: 'paused',
      event_types: ['RENEWAL'],
    })
    expect((await ask('PATCH', id, { event_types: null })).body).toMatchObject({ name: 'B', event_types: null })
    expect((await ask('DELETE', id)).status).toBe(200)
    for (const method of ['GET', 'PATCH', 'DELETE']) {
      expect((await ask(method, id, method === 'PATCH' ? {} : undefined)).status).toBe(404)
    }
  })
})

describe('deliveries', () => {
  test('the log shows requests and answers, by filters and pages', async () => {
    receiver.answer(answering(500, 'out of order'))
    const { endpointId } = await addEndpoint(world.ctx, demo.projectId, { url: receiver.url })
    await relay(world, demo.projectId, [
      { customerId: 'one', position: 1 },
      { customerId: 'two', position: 2, type: 'EXPIRATION' },
      { customerId: 'three', position: 3 },
    ])
    const sending = startSending(world.ctx)
    await sending.sendDue()
    sending.close()
    const list = (query: string) => ask('GET', `/${endpointId}/deliveries${query}`)
    const positions = async (query: string) =>
      (await list(query)).body.items.map((item: { position: number }) => item.position)
    expect(await positions('')).toEqual([3, 2, 1])
    expect(await positions('?event_type=EXPIRATION')).toEqual([2])
    expect(await positions('?state=delivered')).toEqual([])
    const page = await list('?limit=2')
    expect(page.body.next_cursor).toBe('2')
    expect(await positions('?limit=2&cursor=2')).toEqual([1])
    expect((await list('?limit=0&state=x')).status).toBe(422)
    const one = await ask('GET', `/${endpointId}/deliveries/2`)
    expect(one.body).toMatchObject({ event_type: 'EXPIRATION', state: 'pending', attempt_count: 1 })
    expect(one.body.attempts).toMatchObject([{ status: 500, error: 'answered 500', answer: 'out of order' }])
    expect(JSON.parse(one.body.body).event.type).toBe('EXPIRATION')
    expect((await ask('GET', `/${endpointId}/deliveries/99`)).body.detail).toBe('delivery_not_found')
    expect((await ask('GET', '/wbhk1/deliveries')).body.detail).toBe('endpoint_not_found')
  })

  test('a test event is sent once, tells what came of it, and is kept nowhere', async () => {
    receiver.answer(answering(204))
    const { endpointId } = await addEndpoint(world.ctx, demo.projectId, { url: receiver.url })
    const answer = await ask('POST', `/${endpointId}/test`)
    expect(answer.body).toMatchObject({ status: 204, error: 'answered 204' })
    expect(JSON.parse(receiver.received[0]?.body ?? '').event.type).toBe('TEST')
    expect((await ask('GET', `/${endpointId}/deliveries`)).body.items).toEqual([])
  })
})

describe('replay', () => {
  test('sends one, a part or all again, with the same ids and in order', async () => {
    const { endpointId } = await addEndpoint(world.ctx, demo.projectId, { url: receiver.url })
    const startAt = world.clock.now()
    for (let position = 1; position <= 5; position++) {
      await relay(world, demo.projectId, [{ customerId: 'one', position }])
      world.clock.advance(7_200_000)
    }
    const sending = startSending(world.ctx)
    await sending.sendDue()
    const replayed = async (path: string, body?: unknown) => {
      receiver.received.length = 0
      const answer = await ask('POST', `/${endpointId}${path}`, body)
      await sending.sendDue()
      return [answer.body, receiver.received.map(({ headers }) => Number(String(headers['webhook-id']).slice(-4)))]
    }
    expect(await replayed('/deliveries/3/replay')).toEqual([{ queued: 1 }, [3]])
    expect(await replayed('/replay', { after: 3 })).toEqual([{ queued: 2, next_after: null }, [4, 5]])
    expect(await replayed('/replay', {})).toEqual([{ queued: 5, next_after: null }, [1, 2, 3, 4, 5]])
    const [since, until] = [startAt + 7_200_000, startAt + 3 * 7_200_000].map((at) => new Date(at).toISOString())
    expect(await replayed('/replay', { since, until })).toEqual([{ queued: 2, next_after: null }, [2, 3]])
    expect(await replayed('/deliveries/9/replay')).toEqual([{ detail: 'event_not_found' }, []])
    sending.close()
  })

  test('gives an endpoint what happened before it was there', async () => {
    await relay(world, demo.projectId, [{ customerId: 'one', position: 1 }])
    const { endpointId } = await addEndpoint(world.ctx, demo.projectId, { url: receiver.url })
    expect((await ask('POST', `/${endpointId}/replay`, {})).body).toEqual({ queued: 1, next_after: null })
    const sending = startSending(world.ctx)
    expect(await sending.sendDue()).toEqual(['delivered'])
    sending.close()
  })

  test('an event that was given up begins anew, with its log', async () => {
    receiver.answer(answering(500))
    const { endpointId } = await addEndpoint(world.ctx, demo.projectId, { url: receiver.url })
    await relay(world, demo.projectId, [{ customerId: 'one', position: 1 }])
    const sending = startSending(world.ctx)
    for (const minutes of [0, 5, 10, 20, 40, 80]) {
      world.clock.advance(minutes * 60_000)
      await sending.sendDue()
    }
    await ask('POST', `/${endpointId}/deliveries/1/replay`)
    receiver.answer(answering(200))
    expect(await sending.sendDue()).toEqual(['delivered'])
    const { body } = await ask('GET', `/${endpointId}/deliveries/1`)
    expect([body.state, body.attempt_count, body.attempts.length]).toEqual(['delivered', 1, 7])
    sending.close()
  })
})
