import { describe, expect, test } from 'vitest'
import { MINUTE_MS, SECOND_MS } from '../../src/core/lib/clock.ts'
import { LEASE_MS } from '../../src/usecases/webhooks/claim-deliveries.ts'
import { type Answer, answering, hanging } from '../support/webhook-receiver.ts'
import { addEndpoint } from '../support/webhook-sending.ts'
import { newWebhookStory, numbersOf } from '../support/webhook-story.ts'

const story = newWebhookStory()
const deliveryOf = (endpointId: string, position: number) => story.ctx.read.webhookDeliveries.get(endpointId, position)

describe('retries', () => {
  const failures: Array<[string, Answer, string]> = [
    ['500', answering(500, 'broken'), 'answered 500'],
    ['201', answering(201), 'answered 201'],
    ['204', answering(204), 'answered 204'],
    ['301 to loopback', answering(301, '', { location: 'http://127.0.0.1:1/' }), 'answered 301'],
    ['410', answering(410, 'gone'), 'answered 410'],
    ['nothing in time', hanging, 'timeout'],
    ['a closed connection', (response) => void response.destroy(), 'ECONNRESET'],
  ]
  test.each(failures)(
    'a receiver that answers %s is tried 5, 10, 20, 40 and 80 minutes later, and no more',
    async (_name, answer, error) => {
      story.receiver.answer(answer)
      const { endpointId } = await addEndpoint(story.ctx, story.demo.projectId, { url: story.receiver.url })
      await story.relayed({ customerId: 'one', position: 1 })
      expect(await story.sending.sendDue()).toEqual(['retried'])
      for (const [index, minutes] of [5, 10, 20, 40, 80].entries()) {
        story.clock.advance(minutes * MINUTE_MS - 1)
        expect(await story.sending.sendDue()).toEqual([])
        story.clock.advance(1)
        expect(await story.sending.sendDue()).toEqual([index === 4 ? 'given_up' : 'retried'])
      }
      story.clock.advance(24 * 60 * MINUTE_MS)
      expect(await story.sending.sendDue()).toEqual([])
      expect(story.receiver.received).toHaveLength(6)
      const delivery = await deliveryOf(endpointId, 1)
      expect(delivery).toMatchObject({ state: 'given_up', attemptCount: 6 })
      expect(delivery?.attempts.map((attempt) => attempt.error)).toEqual(Array(6).fill(error))
    },
  )

  test('each attempt repeats the body and the id byte for byte, under a fresh signature', async () => {
    story.receiver.answer(answering(503))
    await addEndpoint(story.ctx, story.demo.projectId, {
      url: story.receiver.url,
      authorization: 'Custom value',
      secret: 'a-secret-of-the-test',
    })
    await story.relayed({ customerId: 'one', position: 1 })
    await story.sending.sendDue()
    story.clock.advance(5 * MINUTE_MS)
    story.receiver.answer(answering(200))
    expect(await story.sending.sendDue()).toEqual(['delivered'])
    const [first, second] = story.receiver.received
    expect(second?.body).toBe(first?.body)
    expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id'])
    expect([first?.headers.authorization, second?.headers.authorization]).toEqual(['Custom value', 'Custom value'])
    const signed = [first, second].map((one) => one?.headers['x-revenuecat-webhook-signature'])
    const t = Math.floor(story.clock.now() / SECOND_MS)
    expect(signed[0]).toMatch(new RegExp(`^t=${t - 300},v1=[0-9a-f]{64}$`))
    expect(signed[1]).toMatch(new RegExp(`^t=${t},v1=[0-9a-f]{64}$`))
  })

  test('a success after failures lets the log show each attempt, without credentials', async () => {
    story.receiver.answer(answering(500, `no\u0000 ${'x'.repeat(5_000)}`))
    const facts = { url: story.receiver.url, authorization: 'Bearer top-secret' }
    const { endpointId } = await addEndpoint(story.ctx, story.demo.projectId, facts)
    await story.relayed({ customerId: 'one', position: 1 })
    await story.sending.sendDue()
    story.clock.advance(5 * MINUTE_MS)
    story.receiver.answer(answering(200, 'thanks'))
    await story.sending.sendDue()
    const delivery = await deliveryOf(endpointId, 1)
    expect(delivery).toMatchObject({ state: 'delivered', attemptCount: 2 })
    expect(delivery?.attempts).toMatchObject([
      { status: 500, isProbe: false },
      { status: 200, error: null, answer: 'thanks' },
    ])
    expect(delivery?.attempts[0]?.answer.length).toBe(2_048)
    expect(JSON.stringify(delivery)).not.toContain('top-secret')
  })
})

describe('receivers that misbehave', () => {
  test('an answer of 10 MB is cut off, and its status counts', async () => {
    story.receiver.answer(answering(200, 'y'.repeat(10_000_000)))
    const { endpointId } = await addEndpoint(story.ctx, story.demo.projectId, { url: story.receiver.url })
    await story.relayed({ customerId: 'one', position: 1 })
    expect(await story.sending.sendDue()).toEqual(['delivered'])
    expect((await deliveryOf(endpointId, 1))?.attempts[0]?.answer).toBe('y'.repeat(2_048))
  })

  test('a redirect is not followed, so nothing of it is ever asked', async () => {
    const trap = await story.newReceiver(answering(200))
    story.receiver.answer(answering(302, '', { location: trap.url }))
    await addEndpoint(story.ctx, story.demo.projectId, { url: story.receiver.url })
    await story.relayed({ customerId: 'one', position: 1 })
    expect(await story.sending.sendDue()).toEqual(['retried'])
    expect(trap.received).toEqual([])
  })

  test('a receiver that is down is a failure that is tried again', async () => {
    await addEndpoint(story.ctx, story.demo.projectId, { url: 'http://127.0.0.1:1/' })
    await story.relayed({ customerId: 'one', position: 1 })
    expect(await story.sending.sendDue()).toEqual(['retried'])
  })

  test('one that hangs keeps no other waiting', async () => {
    const hung = await story.newReceiver(hanging)
    await addEndpoint(story.ctx, story.demo.projectId, { url: hung.url })
    await addEndpoint(story.ctx, story.demo.projectId, { url: story.receiver.url })
    await story.relayed({ customerId: 'one', position: 1 }, { customerId: 'two', position: 2 })
    await story.sending.fill()
    await story.receiver.until(2)
    expect(story.sending.outcomes.filter((as) => as === 'retried')).toEqual([])
    await story.sending.idle()
  })
})

describe('order', () => {
  test('events of one customer go one after the other, those of others meanwhile', async () => {
    story.receiver.answer((response, { body }) => response.writeHead(body.includes('"one"') ? 500 : 200).end())
    await addEndpoint(story.ctx, story.demo.projectId, { url: story.receiver.url })
    await story.relayed(
      { customerId: 'one', position: 1 },
      { customerId: 'one', position: 2 },
      { customerId: 'two', position: 3 },
    )
    await story.relayed({ customerId: 'one', position: 4 }, { customerId: 'two', position: 5 })
    await story.sending.sendDue()
    expect(numbersOf(story.receiver).sort()).toEqual([1, 3, 5])
    story.receiver.answer(answering(200))
    story.clock.advance(5 * MINUTE_MS)
    await story.sending.sendDue()
    expect(numbersOf(story.receiver).slice(3)).toEqual([1, 2, 4])
  })

  test('what waits behind an event that is given up goes next', async () => {
    story.receiver.answer(answering(500))
    await addEndpoint(story.ctx, story.demo.projectId, { url: story.receiver.url })
    await story.relayed({ customerId: 'one', position: 1 }, { customerId: 'one', position: 2 })
    for (const minutes of [0, 5, 10, 20, 40]) {
      story.clock.advance(minutes * MINUTE_MS)
      expect(await story.sending.sendDue()).toEqual(['retried'])
    }
    story.receiver.answer((response, { body }) => response.writeHead(body.includes('000001"') ? 500 : 200).end())
    story.clock.advance(80 * MINUTE_MS)
    expect(await story.sending.sendDue()).toEqual(['given_up', 'delivered'])
  })

  test('one endpoint does not wait for another', async () => {
    const bad = await story.newReceiver(answering(500))
    await addEndpoint(story.ctx, story.demo.projectId, { url: bad.url })
    await addEndpoint(story.ctx, story.demo.projectId, { url: story.receiver.url })
    await story.relayed({ customerId: 'one', position: 1 }, { customerId: 'one', position: 2 })
    await story.sending.sendDue()
    expect([numbersOf(bad), numbersOf(story.receiver)]).toEqual([[1], [1, 2]])
  })
})

describe('processes', () => {
  test('two workers send each event once', async () => {
    const other = story.newSending()
    await addEndpoint(story.ctx, story.demo.projectId, { url: story.receiver.url })
    await story.relayed(
      ...Array.from({ length: 100 }, (_, index) => ({ customerId: `c${index % 30}`, position: index + 1 })),
    )
    await Promise.all([story.sending.sendDue(), other.sendDue()])
    await story.sending.sendDue()
    expect(numbersOf(story.receiver).sort((one, two) => one - two)).toEqual(
      Array.from({ length: 100 }, (_, index) => index + 1),
    )
  })

  test('what a process held that died is sent again when its lease has ended, and the late outcome changes nothing', async () => {
    story.receiver.answer(hanging)
    const { endpointId } = await addEndpoint(story.ctx, story.demo.projectId, { url: story.receiver.url })
    await story.relayed({ customerId: 'one', position: 1 }, { customerId: 'one', position: 2 })
    await story.sending.fill()
    await story.receiver.until(1)
    const next = story.newSending()
    expect(await next.sendDue()).toEqual([])
    story.clock.advance(LEASE_MS)
    story.receiver.answer(answering(200))
    expect(await next.sendDue()).toEqual(['delivered', 'delivered'])
    await story.sending.idle()
    expect(story.sending.outcomes).toEqual([])
    expect(await deliveryOf(endpointId, 1)).toMatchObject({ state: 'delivered', attemptCount: 1 })
    expect(numbersOf(story.receiver)).toEqual([1, 1, 2])
  })

  test('what a stop breaks off is given back at once, and loses no retry', async () => {
    story.receiver.answer(hanging)
    const { endpointId } = await addEndpoint(story.ctx, story.demo.projectId, { url: story.receiver.url })
    await story.relayed({ customerId: 'one', position: 1 })
    await story.sending.fill()
    await story.receiver.until(1)
    story.sending.abort()
    await story.sending.idle()
    expect(story.sending.outcomes).toEqual(['released'])
    story.receiver.answer(answering(200))
    const next = story.newSending()
    expect(await next.sendDue()).toEqual(['delivered'])
    expect(await deliveryOf(endpointId, 1)).toMatchObject({ attemptCount: 1 })
  })
})
