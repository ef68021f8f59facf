import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { applyChange } from '../wallet/apply-change.ts'
import { EMPTY, lot, posted, wallet } from '../wallet/fixtures/wallets.ts'
import { DEFAULT_POLICY } from '../wallet/policy.ts'
import type { Cost, SpendSource } from './config.ts'
import { availableCredits, consume, type Means } from './consume.ts'
import { configWith } from './fixtures/configs.ts'
import { priceOf } from './price.ts'

function means(facts: { caps?: object; used?: object; balance?: number; spendOrder?: SpendSource[] } = {}): Means {
  const { caps = {}, used = {}, balance = 0, spendOrder = ['period_allowance', 'ledger'] } = facts
  return {
    caps: new Map(Object.entries(caps)),
    used: new Map(Object.entries(used)),
    wallet: balance === 0 ? EMPTY : wallet(lot('a', balance)),
    policy: DEFAULT_POLICY,
    spendOrder,
  }
}

const cost = (credits: number, meters: Record<string, number> = {}): Cost => ({
  credits,
  meters: new Map(Object.entries(meters)),
})

describe('a consumption', () => {
  test('takes the allowance first and the rest out of the wallet, or the other way round', () => {
    const facts = { caps: { credits: 20 }, used: { credits: 15 }, balance: 100 }
    expect(consume(cost(7), means(facts))).toMatchObject({
      value: { creditsFromAllowance: 5, creditsFromLedger: 2, counters: new Map([['credits', 20]]) },
    })
    const other = consume(cost(7), means({ ...facts, spendOrder: ['ledger', 'period_allowance'] }))
    expect(other).toMatchObject({ value: { creditsFromAllowance: 0, creditsFromLedger: 7, counters: new Map() } })
  })

  test('uses no source that is not configured', () => {
    const facts = { caps: { credits: 3 }, balance: 100 }
    expect(consume(cost(4), means({ ...facts, spendOrder: ['period_allowance'] }))).toEqual({
      ok: false,
      refusal: { code: 'credits_insufficient', meter: 'credits', required: 4, remaining: 3 },
    })
    expect(consume(cost(101), means({ ...facts, spendOrder: ['ledger'] }))).toMatchObject({
      refusal: { remaining: 100 },
    })
  })

  test('takes meters out of their caps to the last unit; the wallet does not pay for them', () => {
    const facts = { caps: { tts: 10, credits: 0 }, used: { tts: 4 }, balance: 100 }
    expect(consume(cost(0, { tts: 6 }), means(facts))).toMatchObject({
      value: { counters: new Map([['tts', 10]]), walletChange: null },
    })
    expect(consume(cost(1, { tts: 7 }), means(facts))).toMatchObject({
      refusal: { meter: 'tts', required: 7, remaining: 6 },
    })
  })

  test('of somebody above a cap that was lowered leaves 0, not less', () => {
    expect(consume(cost(0, { tts: 1 }), means({ caps: { tts: 5 }, used: { tts: 9 } }))).toMatchObject({
      refusal: { remaining: 0 },
    })
  })
})

test('any run of consumptions stays below every cap and above the floor, and what is taken adds up to what it cost', () => {
  const amount = fc.integer({ min: 0, max: 40 })
  const wish = fc.tuple(amount, amount).filter(([credits, questions]) => credits + questions > 0)
  const order = fc.constantFrom<SpendSource[]>(
    ['period_allowance', 'ledger'],
    ['ledger', 'period_allowance'],
    ['period_allowance'],
    ['ledger'],
  )
  fc.assert(
    fc.property(
      fc.array(wish, { maxLength: 30 }),
      amount,
      amount,
      amount,
      order,
      (wishes, cap, meterCap, balance, spendOrder) => {
        let now = means({ caps: { credits: cap, questions: meterCap }, balance, spendOrder })
        const taken = { credits: 0, questions: 0 }
        for (const [credits, questions] of wishes) {
          const available = availableCredits(now)
          const meterLeft = meterCap - taken.questions
          const done = consume(cost(credits, { questions }), now)
          expect(done.ok).toBe(credits <= available && questions <= meterLeft)
          if (!done.ok) continue
          const { creditsFromAllowance, creditsFromLedger, walletChange, counters } = done.value
          expect(creditsFromAllowance + creditsFromLedger).toBe(credits)
          expect(walletChange === null ? 0 : posted(walletChange, 'spent')).toBe(creditsFromLedger)
          taken.credits += credits
          taken.questions += questions
          const walletNow = walletChange === null ? now.wallet : applyChange(now.wallet, walletChange)
          now = { ...now, used: new Map([...now.used, ...counters]), wallet: walletNow }
        }
        expect(now.used.get('credits') ?? 0).toBeLessThanOrEqual(cap)
        expect(now.used.get('questions') ?? 0).toBe(taken.questions)
        expect((now.used.get('credits') ?? 0) + balance - now.wallet.balance).toBe(taken.credits)
        expect(now.wallet.balance).toBeGreaterThanOrEqual(0)
      },
    ),
  )
})

describe('a price', () => {
  const config = configWith()

  test('is that of the action, as often as it is done', () => {
    expect(priceOf(config, { kind: 'action', action: 'chat_message' }, 3)).toEqual({
      ok: true,
      value: cost(3, { questions: 3 }),
    })
  })

  test('may be given by meter and credits, and by nothing else', () => {
    const costs = (entries: Record<string, number>) => ({
      kind: 'costs' as const,
      costs: new Map(Object.entries(entries)),
    })
    expect(priceOf(config, costs({ credits: 2, tts: 5 }), 2)).toEqual({ ok: true, value: cost(4, { tts: 10 }) })
    expect(priceOf(config, costs({ words: 2 }), 1)).toMatchObject({
      refusal: { code: 'meter_unknown', meter: 'words' },
    })
    expect(priceOf(config, { kind: 'action', action: 'tts' }, 1)).toMatchObject({ refusal: { code: 'action_unknown' } })
  })
})
