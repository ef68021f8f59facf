import { describe, expect, it } from 'vitest'
import { receiptFactsFromWire } from './receipt-facts-from-wire.ts'

describe('receiptFactsFromWire', () => {
  it('reads what iOS sends', () => {
    expect(
      receiptFactsFromWire({
        price: '10.98',
        currency: 'USD',
        payment_mode: '2',
        introductory_price: '0',
        normal_duration: 'P1M',
        store_country: 'ESP',
        subscription_group_id: '2020',
        initiation_source: 'queue',
        observer_mode: false,
        purchase_completed_by: 'my_app',
        presented_placement_identifier: 'home',
        applied_targeting_rule: { revision: 3, rule_id: 'abc' },
        paywall: { paywall_id: 'pw', revision: 5, dark_mode: true, session_id: null },
        presented_workflow_id: 'wf',
        metadata: { a: 'b', c: 5 },
      }),
    ).toEqual({
      price: { amountMicros: 10_980_000, currency: 'USD' },
      paymentMode: 'free_trial',
      introductoryPriceMicros: 0,
      normalDuration: 'P1M',
      storeCountry: 'ES',
      subscriptionGroup: '2020',
      initiation: 'queue',
      isObserver: true,
      presented: {
        placement: 'home',
        targeting: { revision: 3, ruleId: 'abc' },
        paywall: { paywall_id: 'pw', revision: 5, dark_mode: true },
        workflowId: 'wf',
      },
      metadata: { a: 'b' },
    })
  })

  it("reads Roku's formatted price and spoken durations", () => {
    const read = receiptFactsFromWire({ price: '$0.99', trial_duration: '7 Days', intro_duration: '1 Years' })
    expect(read).toEqual({
      price: { amountMicros: 990_000, currency: 'USD' },
      trialDuration: 'P7D',
      introDuration: 'P1Y',
    })
  })

  it('leaves out whatever cannot be read, instead of losing a purchase', () => {
    const names = [
      'price',
      'currency',
      'store_country',
      'paywall',
      'applied_targeting_rule',
      'metadata',
      'payment_mode',
    ]
    for (const odd of [null, -5, '', {}, [], true, 'x'.repeat(1_000)]) {
      expect(receiptFactsFromWire(Object.fromEntries(names.map((name) => [name, odd])))).toEqual({})
    }
  })

  it('keeps a bounded number of entries', () => {
    const metadata = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`key${index}`, 'value']))
    expect(Object.keys(receiptFactsFromWire({ metadata }).metadata ?? {})).toHaveLength(20)
  })
})
