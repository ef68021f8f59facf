import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type AdjustInput, adjustBalance } from '../../src/usecases/wallet/adjust-balance.ts'
import { balanceOf, buy, createDemo, type Demo } from '../support/demo.ts'
import { openWorld, type World } from '../support/world.ts'

let world: World
let demo: Demo
beforeAll(async () => {
  world = await openWorld()
  demo = await createDemo(world.ctx)
})
afterAll(() => world.close())

function order(userId: string, amount: number, idempotencyKey: string | null, reason = 'ZD-1 goodwill'): AdjustInput {
  return {
    projectId: demo.projectId,
    userId,
    currency: 'CRD',
    amount,
    reason,
    idempotencyKey,
    actor: 'support',
    requestId: '0123456789abcdef',
  }
}

describe('an adjustment by support', () => {
  test('grants, deducts to exactly zero, and refuses one unit more without a trace', async () => {
    await buy(world.ctx, demo, 'anna', 'credits_500')
    const granted = await adjustBalance(world.ctx, order('anna', 50, null))
    expect(granted).toMatchObject({ ok: true, value: { replayed: false, adjusted: { balance: 550 } } })
    expect(await adjustBalance(world.ctx, order('anna', -550, null))).toMatchObject({ ok: true })
    expect(await adjustBalance(world.ctx, order('anna', -1, null))).toMatchObject({
      ok: false,
      refusal: { code: 'insufficient_balance', balance: 0, requested: 1 },
    })
    expect(await balanceOf(world.ctx, demo.projectId, 'anna')).toBe(0)
  })

  test('is done once under one key, however many ask at the same time, and all get the same answer', async () => {
    await buy(world.ctx, demo, 'ben', 'credits_500')
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => adjustBalance(world.ctx, order('ben', 25, 'zd-7'))),
    )
    const adjusted = answers.map((answer) => (answer.ok ? JSON.stringify(answer.value.adjusted) : 'refused'))
    expect(new Set(adjusted).size).toBe(1)
    expect(answers.filter((answer) => answer.ok && !answer.value.replayed)).toHaveLength(1)
    expect(await balanceOf(world.ctx, demo.projectId, 'ben')).toBe(525)
  })

  test('refuses a key that was used for something else, also for another customer in parallel', async () => {
    await buy(world.ctx, demo, 'cleo', 'credits_500')
    await buy(world.ctx, demo, 'dora', 'credits_500')
    const answers = await Promise.all([
      adjustBalance(world.ctx, order('cleo', 10, 'shared')),
      adjustBalance(world.ctx, order('dora', 10, 'shared')),
      adjustBalance(world.ctx, order('cleo', 11, 'shared')),
    ])
    expect(answers.filter((answer) => answer.ok)).toHaveLength(1)
    const total =
      (await balanceOf(world.ctx, demo.projectId, 'cleo')) + (await balanceOf(world.ctx, demo.projectId, 'dora'))
    expect([1010, 1011]).toContain(total)
  })

  test('answers a replay even when the change could no longer be made', async () => {
    await buy(world.ctx, demo, 'emil', 'credits_500')
    await adjustBalance(world.ctx, order('emil', -500, 'take-all'))
    const replay = await adjustBalance(world.ctx, order('emil', -500, 'take-all'))
    expect(replay).toMatchObject({ ok: true, value: { replayed: true, adjusted: { balance: 0 } } })
  })

  test('names a customer or a currency that does not exist', async () => {
    expect(await adjustBalance(world.ctx, order('nobody-yet', 5, null))).toMatchObject({
      refusal: { code: 'customer_not_found' },
    })
    expect(await adjustBalance(world.ctx, { ...order('anna', 5, null), currency: 'GLD' })).toMatchObject({
      refusal: { code: 'currency_unknown', currency: 'GLD' },
    })
  })

  test('refuses to pass the largest balance', async () => {
    await buy(world.ctx, demo, 'fred', 'credits_500')
    expect(await adjustBalance(world.ctx, order('fred', 2_000_000_000, null))).toMatchObject({
      refusal: { code: 'balance_above_maximum', maximum: 2_000_000_000 },
    })
    expect(await adjustBalance(world.ctx, order('fred', 1_999_999_500, null))).toMatchObject({
      ok: true,
      value: { adjusted: { balance: 2_000_000_000 } },
    })
  })
})
