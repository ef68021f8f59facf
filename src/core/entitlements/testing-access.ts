/** Whose sandbox purchases give access. REST API v1, access rules: testing entitlements. */
export type TestingAccess =
  | { mode: 'anybody' }
  | { mode: 'allow_listed'; appUserIds: ReadonlySet<string> }
  | { mode: 'nobody' }

/** Ids on the list of a project: testers, not users; the list is read as a whole. */
export const TESTERS_MAX = 1_000

/** Whether sandbox purchases of a customer give access; any of the customer's ids may be on the list. */
export function sandboxCounts(testing: TestingAccess | undefined, appUserIds: readonly string[]): boolean {
  if (testing === undefined || testing.mode === 'anybody') return true
  return testing.mode === 'allow_listed' && appUserIds.some((appUserId) => testing.appUserIds.has(appUserId))
}

/**
 * The purchases that give access. Sandbox ones that do not count are still the customer's purchases, and units that they
 * gave stay: only what they unlock is withheld, for as long as the setting says so.
 */
export function purchasesInForce<Kept extends { environment: 'sandbox' | 'production' }>(
  purchases: readonly Kept[],
  isSandboxCounted: boolean,
): readonly Kept[] {
  return isSandboxCounted ? purchases : purchases.filter(({ environment }) => environment !== 'sandbox')
}
