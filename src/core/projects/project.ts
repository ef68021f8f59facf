/** What happens when a purchase of one identified customer is posted by another. RevenueCat REST API v1, restore behaviour. */
export const RESTORE_BEHAVIORS = ['transfer', 'transfer_if_no_active_subs', 'error', 'share'] as const

/** `share` is for projects that began with it: a restore joins both customers, a new purchase is refused. */
export type RestoreBehavior = (typeof RESTORE_BEHAVIORS)[number]

/** How fast Test Store subscriptions renew: in real calendar time, or in minutes for testers. */
export type TestStorePace = 'calendar' | 'accelerated'

export type Project = {
  projectId: string
  name: string
  isDemo: boolean
  restoreBehavior: RestoreBehavior
  /** What counts for sandbox purchases instead; null or left out: the same. */
  sandboxRestoreBehavior?: RestoreBehavior | null
  testStorePace: TestStorePace
  /** Renewals after which a Test Store subscription ends by itself; null renews until cancelled. */
  testStoreMaxRenewals: number | null
}

/** Stores that an app can belong to, by their names in RevenueCat's API. */
export type Store =
  | 'app_store'
  | 'mac_app_store'
  | 'play_store'
  | 'amazon'
  | 'stripe'
  | 'rc_billing'
  | 'paddle'
  | 'roku'
  | 'galaxy'
  | 'test_store'

export type App = { appId: string; projectId: string; name: string; store: Store; publicKey: string }
