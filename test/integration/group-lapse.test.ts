import { expect, test } from 'vitest'
import { MINUTE_MS, SECOND_MS } from '../../src/core/lib/clock.ts'
import { createWrites } from '../../src/db/writes.ts'
import type { Ctx } from '../../src/usecases/ports.ts'
import { adjustBalance } from '../../src/usecases/wallet/adjust-balance.ts'
import { buy } from '../support/demo.ts'
import { letGrantsLapse } from '../support/lapsing-grants.ts'
import { newShopPerStory } from '../support/story.ts'

const shop = newShopPerStory()

/** A server that takes a while between what a group reads and what its members decide. */
function slowServer(delayMs: number): Ctx {
  const writes = createWrites({
    database: {
      ...shop.database,
      withConnection: (work) =>
        shop.database.withConnection((query, raw) =>
          work(async (asked, values) => {
            const rows = await query(asked, values)
            if (asked.name === 'group.balances') shop.clock.advance(delayMs)
            return rows as never
          }, raw),
        ),
    },
    newEventId: () => shop.ctx.ids.next('event'),
    announce: () => undefined,
    now: () => shop.clock.now(),
    groupMax: 64,
  })
  return { ...shop.ctx, ...writes }
}

test.each([5 * SECOND_MS, 2 * MINUTE_MS])(
  'units that lapse between what a group reads and what it decides, %i ms later, are gone for it',
  async (delayMs) => {
    const { projectId } = shop.demo
    await letGrantsLapse(shop, projectId)
    const { purchase } = await buy(shop.ctx, shop.demo, 'anna', 'pro_monthly')
    await buy(shop.ctx, shop.demo, 'ben', 'credits_500')
    shop.clock.set((purchase.expiresAt ?? 0) - delayMs + SECOND_MS)
    const grant = { projectId, currency: 'CRD', amount: 1, reason: 'goodwill', idempotencyKey: null }
    const by = { actor: 'support', requestId: '0123456789abcdef' }
    const ctx = slowServer(delayMs)
    const answers = await Promise.all(['anna', 'ben'].map((userId) => adjustBalance(ctx, { ...grant, ...by, userId })))
    expect(answers.map((answer) => answer.ok && answer.value.adjusted.balance)).toEqual([1, 501])
  },
)
