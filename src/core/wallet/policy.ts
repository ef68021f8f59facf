/** Bounds of a balance. */
export type WalletPolicy = { floor: number; cap: number }

/** RevenueCat's bounds for a virtual currency: no debt, at most two thousand million units. */
export const DEFAULT_POLICY: WalletPolicy = { floor: 0, cap: 2_000_000_000 }

/**
 * What happens when units are taken back that the balance no longer holds: `clamp` takes what is there, `debt` notes the
 * rest as owed, `block` takes nothing.
 */
export type DebtPolicy = 'clamp' | 'debt' | 'block'
