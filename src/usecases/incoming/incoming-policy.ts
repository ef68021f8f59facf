/** What a server makes of a hosted RevenueCat's events, beyond what they say. Settings. */
export type IncomingPolicy = {
  /** Whether purchases of stores' sandboxes count. They are kept in any case. */
  appliesSandbox: boolean
  /** Whether changes of balances that people made in RevenueCat's dashboard are made here too. */
  mirrorsDashboard: boolean
  /** Whether balances are kept by RevenueCat itself, so that its word about them only has to be passed on. */
  balancesAreUpstream: boolean
}
