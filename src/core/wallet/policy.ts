/** Bounds of a balance. */
export type WalletPolicy = { floor: number; cap: number }

/** RevenueCat's bounds for a virtual currency: no debt, at most two thousand million units. */
export const DEFAULT_POLICY: WalletPolicy = { floor: 0, cap: 2_000_000_000 }

/** What a project decides about one of its currencies. */
export type CurrencyPolicy = {
  debtPolicy: DebtPolicy
  /** Whether units may go from one customer to another. */
  transfersAllowed: boolean
  /** What must stay in a balance: a deduction, a hold or a transfer that would leave less is refused. */
  floor: number
}

/** What holds of a currency of which nobody decided anything. */
export const DEFAULT_CURRENCY_POLICY: CurrencyPolicy = { debtPolicy: 'clamp', transfersAllowed: false, floor: 0 }

/** The bounds of balances in a currency. */
export function boundsOf(policy: CurrencyPolicy = DEFAULT_CURRENCY_POLICY): WalletPolicy {
  return { ...DEFAULT_POLICY, floor: policy.floor }
}

/**
 * What happens when units are taken back that the balance no longer holds: `clamp` takes what is there, `debt` notes the
 * rest as owed, `block` takes nothing.
 */
export type DebtPolicy = 'clamp' | 'debt' | 'block'
