import type { Store } from '../projects/project.ts'
import type { Environment } from '../purchases/purchase.ts'

/**
 * Stores as RevenueCat's webhooks write them. `PROMOTIONAL` is missing on purpose: entitlements granted by hand belong to no
 * app and no product that Purser could know.
 */
const STORES: Readonly<Record<string, Store>> = {
  APP_STORE: 'app_store',
  MAC_APP_STORE: 'mac_app_store',
  PLAY_STORE: 'play_store',
  AMAZON: 'amazon',
  STRIPE: 'stripe',
  RC_BILLING: 'rc_billing',
  PADDLE: 'paddle',
  ROKU: 'roku',
  GALAXY: 'galaxy',
  TEST_STORE: 'test_store',
}

export function storeFromWire(value: unknown): Store | null {
  return typeof value === 'string' && Object.hasOwn(STORES, value) ? (STORES[value] ?? null) : null
}

/** Events of before there was an environment, and those that are sent without one, are of real money. */
export function environmentFromWire(value: unknown): Environment | null {
  if (value === undefined || value === null || value === 'PRODUCTION') return 'production'
  return value === 'SANDBOX' ? 'sandbox' : null
}
