import { describe, expect, it } from 'vitest'
import { CATALOG } from '../fixtures/example-catalog.ts'
import { entitlementMappingToWire } from './entitlement-mapping-to-wire.ts'
import { offeringsToWire } from './offerings-to-wire.ts'
import { productsToWire } from './products-to-wire.ts'
import { virtualCurrenciesToWire } from './virtual-currencies-to-wire.ts'

const pack = (identifier: string, product: string) => ({
  identifier,
  platform_product_identifier: product,
  platform_product_plan_identifier: null,
  web_checkout_url: null,
})

const noPaywall = { paywall: null, paywall_components: null, has_paywall_components: false, web_checkout_url: null }

describe('offeringsToWire', () => {
  it('lists the offerings with the packages that the app can sell, in their order', () => {
    expect(offeringsToWire(CATALOG, 'app_test', null)).toEqual({
      current_offering_id: 'standard',
      offerings: [
        {
          identifier: 'standard',
          description: 'What everybody sees',
          metadata: { colour: 'blue' },
          packages: [
            pack('$rc_monthly', 'news_monthly'),
            pack('$rc_annual', 'news_annual'),
            pack('coins', 'coins_100'),
          ],
          ...noPaywall,
        },
        { identifier: 'ios_only', description: 'iOS', metadata: null, packages: [], ...noPaywall },
      ],
      placements: { fallback_offering_id: 'standard', offering_ids_by_placement: {} },
      ui_config: expect.any(Object),
    })
  })

  it('has the key of the current offering also when there is none, since Android requires it', () => {
    const empty = offeringsToWire({ ...CATALOG, offerings: [] }, 'app_test', null)
    expect(empty).toMatchObject({ current_offering_id: null, offerings: [] })
  })

  it('sells every app its own product of a package', () => {
    expect(offeringsToWire(CATALOG, 'app_ios', null).offerings[0]?.packages).toEqual([
      pack('$rc_monthly', 'com.news.m'),
    ])
  })
})

describe('productsToWire', () => {
  it('tells a subscription with its period, price and trial', () => {
    expect(productsToWire(CATALOG, 'app_test', ['news_monthly'])).toEqual({
      product_details: [
        {
          identifier: 'news_monthly',
          product_type: 'subscription',
          title: 'News monthly',
          description: null,
          default_purchase_option_id: 'base_option',
          purchase_options: {
            base_option: {
              id: 'base_option',
              price_id: 'prod_monthly_base',
              discount: null,
              base: { period_duration: 'P1M', cycle_count: 1, price: { amount_micros: 9_990_000, currency: 'USD' } },
              trial: { period_duration: 'P1W', cycle_count: 1, price: null },
              intro_price: null,
            },
          },
        },
      ],
    })
  })

  it('tells one-time products with a base price, in the order asked for, each once', () => {
    const { product_details } = productsToWire(CATALOG, 'app_test', ['coins_100', 'news_forever', 'coins_100'])
    expect(product_details.map(({ identifier, product_type }) => [identifier, product_type])).toEqual([
      ['coins_100', 'consumable'],
      ['news_forever', 'non_consumable'],
    ])
    expect(product_details[0]?.purchase_options.base_option).toEqual({
      id: 'base_option',
      price_id: 'prod_coins_base',
      discount: null,
      base_price: { amount_micros: 1_290_000, currency: 'USD' },
    })
  })

  it('leaves out unknown products and those of other apps', () => {
    expect(productsToWire(CATALOG, 'app_test', ['nothing', 'com.news.m', '__proto__']).product_details).toEqual([])
  })
})

it('entitlementMappingToWire tells what the products of one app unlock', () => {
  expect(entitlementMappingToWire(CATALOG, 'app_ios').product_entitlement_mapping).toEqual({
    'com.news.m': { product_identifier: 'com.news.m', entitlements: ['news'] },
  })
  expect(Object.keys(entitlementMappingToWire(CATALOG, 'app_test').product_entitlement_mapping)).toHaveLength(4)
})

it('virtualCurrenciesToWire lists every currency by its code, also one of which the customer has nothing', () => {
  const balances = CATALOG.currencies.map((currency) => ({ currency, balance: 0 }))
  expect(virtualCurrenciesToWire(balances)).toEqual({
    virtual_currencies: { COI: { balance: 0, code: 'COI', name: 'Coins', description: null } },
  })
})
