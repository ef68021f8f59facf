import { afterEach, beforeEach } from 'vitest'
import { createDemo } from './demo.ts'
import type { Shop } from './story.ts'
import { type Answer, startReceiver, type WebhookReceiver } from './webhook-receiver.ts'
import { relay, startSending } from './webhook-sending.ts'
import { openWorld } from './world.ts'

/** How long requests may take: a receiver that hangs is noticed soon. */
const TIMEOUT_MS = 200

export type WebhookStory = Shop & {
  /** Answers 200 until it is told otherwise. */
  receiver: WebhookReceiver
  sending: ReturnType<typeof startSending>
  /** Starts one more worker. */
  newSending(): ReturnType<typeof startSending>
  /** Starts one more receiver. */
  newReceiver(answer: Answer): Promise<WebhookReceiver>
  /** Puts events of customers into the feed. */
  relayed(...events: Parameters<typeof relay>[2][number][]): Promise<void>
}

/** Gives every test of a file a new shop, whose events are made by the test, with a receiver and a worker. */
export function newWebhookStory(): WebhookStory {
  const story = {} as WebhookStory
  const cleanups: Array<() => unknown> = []
  beforeEach(async () => {
    const world = await openWorld()
    cleanups.push(world.close)
    const demo = await createDemo(world.ctx)
    const newSending = () => {
      const sending = startSending(world.ctx, { timeoutMs: TIMEOUT_MS })
      cleanups.push(sending.close)
      return sending
    }
    const newReceiver = async (answer?: Answer) => {
      const receiver = await startReceiver(answer)
      cleanups.push(receiver.close)
      return receiver
    }
    Object.assign(story, world, {
      demo,
      newSending,
      newReceiver,
      receiver: await newReceiver(),
      sending: newSending(),
      relayed: (...events: Parameters<typeof relay>[2][number][]) => relay(world, demo.projectId, events),
    })
  })
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
  })
  return story
}

/** The numbers of the events that a receiver got. */
export function numbersOf({ received }: WebhookReceiver): number[] {
  return received.map(({ body }) => Number(JSON.parse(body).event.id.slice(-6)))
}
