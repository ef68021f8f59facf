import { endsLater } from '../../../core/entitlements/entitlements-of.ts'
import type { Store } from '../../../core/projects/project.ts'
import { givesAccess, type Purchase } from '../../../core/purchases/purchase.ts'

/** Where the stores let people manage what they subscribed to. Stores that are not here have no such page for us. */
const URLS: Readonly<Partial<Record<Store, string>>> = {
  app_store: 'https://apps.apple.com/account/subscriptions',
  mac_app_store: 'https://apps.apple.com/account/subscriptions',
  play_store: 'https://play.google.com/store/account/subscriptions',
}

/** The page for one subscription; null when it ended or its store has none. */
export function managementUrlOf(purchase: Purchase, now: number): string | null {
  return purchase.type === 'subscription' && givesAccess(purchase, now) ? (URLS[purchase.store] ?? null) : null
}

/**
 * The page for a customer: of the store of the calling app if the customer subscribed there, else of the subscription
 * that ends last. REST API v1 chooses by `X-Platform`, which says the same of an SDK.
 */
export function managementUrl(purchases: readonly Purchase[], callerStore: Store | null, now: number): string | null {
  const active = purchases
    .filter((purchase) => purchase.type === 'subscription' && givesAccess(purchase, now))
    .sort((one, other) => (endsLater(one, other) ? -1 : 1))
  const chosen = active.find((purchase) => purchase.store === callerStore) ?? active[0]
  return chosen === undefined ? null : managementUrlOf(chosen, now)
}
