import { describe, expect, test } from 'vitest'
import type { Tier } from './config.ts'
import { type CreditsCapChange, capsOf, inheritedCap } from './credits-cap.ts'
import { configWith } from './fixtures/configs.ts'
import { standingOf } from './standing.ts'

const tier = (caps: Record<string, number>): Pick<Tier, 'caps'> => ({ caps: new Map(Object.entries(caps)) })
const shown = (caps: ReadonlyMap<string, number>) => Object.fromEntries(caps)

describe("a customer's own cap of credits", () => {
  test.each([1, 19, 21, 2_000_000_000])('of %d replaces the one of the tier, up or down, and no other', (own) => {
    const free = tier({ questions: 50, tts: 300, credits: 20 })
    expect(shown(capsOf(free, own))).toEqual({ questions: 50, tts: 300, credits: own })
    expect(shown(free.caps)).toEqual({ questions: 50, tts: 300, credits: 20 })
  })

  test.each([null, 0])('of %s is none: the tier counts', (own) => {
    expect(shown(capsOf(tier({ questions: 50, credits: 20 }), own))).toEqual({ questions: 50, credits: 20 })
  })

  test('gives an allowance to a tier that has none', () => {
    expect(shown(capsOf(tier({ questions: 50 }), 7))).toEqual({ questions: 50, credits: 7 })
  })

  test('is part of where the customer stands', () => {
    const catalog = { projectId: 'proj', products: new Map(), offerings: [], currencies: [] }
    const standing = standingOf(configWith(), { purchases: [], grants: [], creditsCap: 1_000 }, catalog, 0)
    expect([standing.tier.id, shown(standing.caps)]).toEqual(['free', { questions: 50, tts: 300, credits: 1_000 }])
    expect(shown(standing.tier.caps)).toMatchObject({ credits: 20 })
  })
})

describe('after a merge', () => {
  const decided = (creditsTotal: number | null): CreditsCapChange => {
    return { creditsTotal, reason: 'ZD-1', actor: 'oper1/Ada', requestId: 'req1', mergedFrom: null, createdAt: 5 }
  }

  test.each([
    ['the one who goes on keeps theirs', decided(5), decided(900), null],
    ['the one who goes on has none and takes the other one', undefined, decided(900), 900],
    ['the one who goes on had one that was cleared and takes the other one', decided(null), decided(900), 900],
    ['the other one had none', decided(5), undefined, null],
    ["the other one's was cleared", undefined, decided(null), null],
    ['nobody had one', undefined, undefined, null],
  ])('%s', (_case, kept, absorbed, inherited) => {
    expect(inheritedCap(kept, absorbed, 'cust2')?.creditsTotal ?? null).toBe(inherited)
  })

  test('what was taken over says still who decided it, when and why, and for whom', () => {
    expect(inheritedCap(undefined, decided(900), 'cust2')).toEqual({ ...decided(900), mergedFrom: 'cust2' })
  })
})
