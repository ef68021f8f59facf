import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'
import type { CustomerChange } from '../../src/core/events/event.ts'
import type { AdminAnswer, AdminApi } from './admin-api.ts'
import { newShopPerStory, type Shop } from './story.ts'
import { type Front, openFront, startUpstreamProcess, type UpstreamProcess } from './upstream-world.ts'

/** A shop in front of another server, new for each test; the other server is the same for all tests of a file. */
export type UpstreamStory = {
  shop: Shop
  upstream: UpstreamProcess
  front: Front
  /** Somebody whom the upstream knows, and nobody here does. */
  newUser(credits?: number): Promise<string>
  /** Asks for a change, of this process unless another one is named. */
  adjust(body: object, api?: AdminApi): Promise<AdminAnswer>
  /** What was announced to live sessions about balances. */
  usageChanges(): CustomerChange[]
  /** The transactions of a user as the admin API lists them. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of all shapes
  entriesOf(userId: string): Promise<any>
}

export function newUpstreamStory(): UpstreamStory {
  let users = 0
  const shop = newShopPerStory()
  const story: UpstreamStory = {
    shop,
    upstream: {} as UpstreamProcess,
    front: {} as Front,
    async newUser(credits = 0) {
      const userId = `user_${++users}`
      await story.upstream.meet(userId)
      if (credits > 0) await story.upstream.change(userId, credits)
      return userId
    },
    adjust: (body, api = story.front.api) => api.post('/adjust', body),
    usageChanges: () => shop.changes.filter(({ kinds }) => kinds.includes('usage')),
    entriesOf: async (userId) => (await story.front.api.get(`/users/${userId}/transactions`)).body.items,
  }
  beforeAll(async () => {
    story.upstream = await startUpstreamProcess()
  })
  afterAll(() => story.upstream.stop?.())
  beforeEach(async () => {
    story.front = await openFront(shop, story.upstream)
  })
  afterEach(() => story.front.close())
  return story
}

/** The body of a change that is fine, with parts of it replaced. */
export function grant(userId: string, parts: object = {}): object {
  return { user_id: userId, amount: 50, reason: 'ZD-1042 goodwill', ...parts }
}
