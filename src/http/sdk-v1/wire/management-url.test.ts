import { describe, expect, it } from 'vitest'
import { DAY_MS, purchaseOf } from '../fixtures/example-purchase.ts'
import { NOW } from '../fixtures/sdk-app.ts'
import { managementUrl } from './management-url.ts'

const APPLE = 'https://apps.apple.com/account/subscriptions'
const GOOGLE = 'https://play.google.com/store/account/subscriptions'

const apple = purchaseOf({ store: 'app_store', expiresAt: NOW + DAY_MS })
const google = purchaseOf({ store: 'play_store', expiresAt: NOW + 2 * DAY_MS })

describe('managementUrl', () => {
  it('leads to the store that the app is from, else to the subscription that ends last', () => {
    expect(managementUrl([apple, google], 'app_store', NOW)).toBe(APPLE)
    expect(managementUrl([apple, google], 'test_store', NOW)).toBe(GOOGLE)
    expect(managementUrl([apple, google], null, NOW)).toBe(GOOGLE)
  })

  it('leads nowhere without an active subscription, or when its store has no such page', () => {
    expect(managementUrl([], null, NOW)).toBeNull()
    expect(managementUrl([{ ...apple, expiresAt: NOW }], null, NOW)).toBeNull()
    expect(managementUrl([purchaseOf()], null, NOW)).toBeNull()
    expect(managementUrl([{ ...apple, type: 'consumable', expiresAt: null }], null, NOW)).toBeNull()
  })
})
