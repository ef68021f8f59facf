import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FAULTS_MAX } from './document-place.ts'
import { configWith, documentedConfig } from './fixtures/configs.ts'
import { parseUsageConfig } from './parse-config.ts'

const SOLD = {
  currencies: new Set(['CRD']),
  products: new Set(['pro_monthly', 'pro_annual']),
  entitlements: new Set(['pro']),
}

function faultsOf(parts: Record<string, unknown>): string[] {
  const parsed = parseUsageConfig({ ...documentedConfig(), ...parts }, SOLD)
  return parsed.ok ? [] : parsed.refusal.map(({ pointer, problem }) => `${pointer} ${problem}`)
}

const CAPS = { questions: 1, tts: 1, credits: 1 }

describe('a configuration', () => {
  test('as the documentation shows it is valid and read in full', () => {
    expect(faultsOf({})).toEqual([])
    const config = configWith()
    expect(config).toMatchObject({ currency: 'CRD', exhaustedStatus: 402, period: { kind: 'calendar_month' } })
    expect(config.spendOrder).toEqual(['period_allowance', 'ledger'])
    expect(config.meters[1]).toEqual({ id: 'tts', unit: 'seconds', display: { unit: 'minutes', divisor: 60 } })
    expect(config.tiers.map(({ id, isDefault }) => [id, isDefault])).toEqual([
      ['free', true],
      ['pro', false],
    ])
    expect([...(config.tiers[0]?.caps ?? [])]).toEqual(Object.entries({ questions: 50, tts: 300, credits: 20 }))
    expect(config.actions[0]?.cost).toEqual({ credits: 1, meters: new Map([['questions', 1]]) })
  })

  test('is told all its faults at once, each with its place', () => {
    const faults = faultsOf({
      currency: 'GLD',
      spend_order: ['ledger', 'ledger'],
      meters: [
        { id: 'credits', unit: 'count' },
        { id: 'tts', unit: 'Seconds', display_unit: 'minutes' },
      ],
      tiers: [
        { id: 'free', caps: { tts: -1, credits: 5, words: 2 } },
        { id: 'free', products: ['nothing'], caps: { tts: 1.5 }, colour: 'red' },
      ],
      actions: [{ id: 'a' }, { id: 'a', cost: { credits: 0 }, meters: { 'x/y': 1 } }],
      period: { kind: 'rolling_days', timezone: 'Europe/Berlin' },
      exhausted: { status: 500 },
      extra: 1,
    })
    const expected = [
      '/extra is not a known field',
      '/currency must be a currency of the project; there is no GLD',
      '/spend_order/1 repeats "ledger"',
      '/meters/0/id must not be "credits", which is always there',
      '/meters/1 must have both display_unit and display_divisor, or none of them',
      '/meters/1/unit must be a name of 1 to 40 small letters, digits and underscores that begins with a letter',
      '/tiers must have exactly one tier with "default": true',
      '/tiers/0 must have products or entitlements, or be the default',
      '/tiers/0/caps/tts must be a whole number from 0 to 2000000000',
      '/tiers/0/caps/credits has no effect, since spend_order leaves period_allowance out',
      '/tiers/0/caps/words is not a meter',
      '/tiers/1/id repeats "free"',
      '/tiers/1/products/0 must be a product of the project, by its store id; there is no "nothing"',
      '/tiers/1/caps/tts must be a whole number from 0 to 2000000000',
      '/tiers/1/colour is not a known field',
      '/actions/0 must have cost or meters, or both',
      '/actions/1/id repeats "a"',
      '/actions/1/cost/credits must be a whole number from 1 to 1000000',
      '/actions/1/meters/x~1y is not a meter',
      '/period must have the field "days"',
      '/period/timezone must be "UTC"',
      '/exhausted/status must be 402 or 429',
    ]
    expect(faults).toEqual(expect.arrayContaining(expected))
    expect(faults).toHaveLength(expected.length)
  })

  test.each([
    ['an object with nothing in it', {}, '/tiers'],
    ['no tiers', { tiers: [] }, '/tiers must be a list of 1 to 50 entries'],
    [
      'two defaults',
      { tiers: ['a', 'b'].map((id) => ({ id, default: true, caps: CAPS })) },
      '/tiers must have exactly',
    ],
    [
      'a cap that was forgotten',
      { tiers: [{ id: 'a', default: true, caps: {} }] },
      '/tiers/0/caps must have a cap for',
    ],
    ['days without rolling', { period: { kind: 'billing_cycle', timezone: 'UTC', days: 3 } }, '/period/days is only'],
    [
      'an unknown entitlement',
      { tiers: [{ id: 'a', default: true, entitlements: ['x'], caps: CAPS }] },
      '/tiers/0/ent',
    ],
    ['no source of credits', { spend_order: [] }, '/spend_order must be a list of 1 to 2 entries'],
  ])('with %s is refused', (_what, parts, place) => {
    const document = Object.keys(parts).length === 0 ? {} : { ...documentedConfig(), ...parts }
    const parsed = parseUsageConfig(document, SOLD)
    const text = parsed.ok ? '' : parsed.refusal.map(({ pointer, problem }) => `${pointer} ${problem}`).join('\n')
    expect(text).toContain(place === '/tiers' ? 'must have the field "tiers"' : place)
  })

  test('cannot show two meters under one name', () => {
    const meters = [
      { id: 'tts', unit: 'seconds', display_unit: 'minutes', display_divisor: 60 },
      { id: 'tts_minutes', unit: 'count' },
    ]
    expect(faultsOf({ meters }).join()).toContain('would show two meters under the name "tts_minutes"')
  })

  test('never makes the reader throw, whatever is in it, and faults are bounded', () => {
    const part = fc.constantFrom('currency', 'spend_order', 'meters', 'tiers', 'actions', 'period', 'exhausted')
    fc.assert(
      fc.property(part, fc.jsonValue(), (name, value) => {
        const parsed = parseUsageConfig({ ...documentedConfig(), [name]: value }, SOLD)
        expect(parsed.ok || parsed.refusal.length > 0).toBe(true)
      }),
    )
    const meters = Array.from({ length: 50 }, () => ({ a: 1, b: 2, c: 3 }))
    expect(faultsOf({ meters })).toHaveLength(FAULTS_MAX)
  })
})
