import { describe, expect, test } from 'vitest'
import { MINUTE_MS } from '../../src/core/lib/clock.ts'
import { updateEndpoint } from '../../src/usecases/webhooks/change-endpoints.ts'
import { answering } from '../support/webhook-receiver.ts'
import { ALLOWED, addEndpoint } from '../support/webhook-sending.ts'
import { newWebhookStory, numbersOf } from '../support/webhook-story.ts'

const story = newWebhookStory()

describe('the circuit', () => {
  const many = Array.from({ length: 30 }, (_, index) => ({ customerId: `c${index}`, position: index + 1 }))

  test('opens for a receiver that fails for ten minutes, probes it, and loses nothing', async () => {
    story.receiver.answer(answering(500))
    const { endpointId } = await addEndpoint(story.ctx, story.demo.projectId, { url: story.receiver.url })
    await story.relayed(...many)
    expect(await story.sending.sendDue()).toEqual(Array(30).fill('retried'))
    expect(story.sending.turns).toEqual([])
    story.clock.advance(10 * MINUTE_MS)
    expect((await story.sending.sendDue()).slice(0, 2)).toEqual(['retried', 'postponed'])
    expect(story.sending.turns).toEqual([`opened ${endpointId}`])
    expect(await story.ctx.read.webhookEndpoints.openCircuits()).toBe(1)
    for (let probe = 0; probe < 300; probe++) {
      story.clock.advance(MINUTE_MS)
      expect(await story.sending.sendDue()).toEqual(['postponed'])
    }
    story.receiver.answer(answering(200))
    story.clock.advance(MINUTE_MS)
    expect(await story.sending.sendDue()).toEqual(['delivered', ...Array(29).fill('delivered')])
    expect(story.sending.turns.at(-1)).toBe(`closed ${endpointId}`)
  })

  test('one event that the receiver cannot stomach is not the only probe', async () => {
    story.receiver.answer(answering(500))
    const { endpointId } = await addEndpoint(story.ctx, story.demo.projectId, { url: story.receiver.url })
    await story.relayed(...many)
    await story.sending.sendDue()
    story.clock.advance(10 * MINUTE_MS)
    await story.sending.sendDue()
    story.receiver.answer((response, { body }) => response.writeHead(body.includes('"c0"') ? 500 : 200).end())
    const outcomes: string[] = []
    for (let probe = 0; probe < 3; probe++) {
      story.clock.advance(MINUTE_MS)
      outcomes.push(...(await story.sending.sendDue()))
    }
    expect(story.sending.turns.at(-1)).toBe(`closed ${endpointId}`)
    story.clock.advance(10 * MINUTE_MS)
    outcomes.push(...(await story.sending.sendDue()))
    expect(outcomes.filter((as) => as === 'delivered')).toHaveLength(29)
  })
})

test('a paused endpoint gets nothing, and all that happened meanwhile when it goes on', async () => {
  const { endpointId } = await addEndpoint(story.ctx, story.demo.projectId, { url: story.receiver.url })
  await updateEndpoint(story.ctx, ALLOWED, { projectId: story.demo.projectId, endpointId, state: 'paused' })
  await story.relayed({ customerId: 'one', position: 1 }, { customerId: 'one', position: 2 })
  expect(await story.sending.sendDue()).toEqual([])
  await updateEndpoint(story.ctx, ALLOWED, { projectId: story.demo.projectId, endpointId, state: 'active' })
  await story.sending.sendDue()
  expect(numbersOf(story.receiver)).toEqual([1, 2])
})

test('an endpoint gets the events that its filters want, and no others', async () => {
  await addEndpoint(story.ctx, story.demo.projectId, {
    url: story.receiver.url,
    eventTypes: ['RENEWAL'],
    environment: 'production',
    appId: story.demo.app.appId,
  })
  const event = { customerId: 'one', appId: story.demo.app.appId, environment: 'production' as const }
  await story.relayed(
    { ...event, position: 1 },
    { ...event, position: 2, type: 'EXPIRATION' },
    { ...event, position: 3, environment: 'sandbox' },
    { ...event, position: 4, appId: null },
    { ...event, position: 5, environment: null },
  )
  await story.sending.sendDue()
  expect(numbersOf(story.receiver)).toEqual([1, 5])
})
