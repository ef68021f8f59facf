/** Where a lot's units came from. */
export type LotSource = 'purchase' | 'operator' | 'merge'

/**
 * Units that were granted together and are spent together. What a customer has is the sum of what remains in
 * their lots.
 */
export type Lot = {
  lotId: string
  currency: string
  granted: number
  remaining: number
  source: LotSource
  /** The purchase that was charged for it; null for other sources. */
  purchaseId: string | null
  /** When what remains lapses; null never. */
  expiresAt: number | null
  createdAt: number
}

/** One customer's units of one currency, with the lots that still hold some. */
export type Wallet = { currency: string; balance: number; lots: readonly Lot[] }

/**
 * Accounts of the double entry. `wallet` is the customer's own; the others say where units come from and go to.
 * A positive amount is an increase of that account.
 */
export type Account = 'wallet' | 'issued_by_purchase' | 'issued_by_operator' | 'merged' | 'over_cap'

/** One side of a ledger transaction. All postings of a transaction sum to zero, currency by currency. */
export type Posting = { account: Account; currency: string; amount: number }

/** How much a transaction took out of a lot. */
export type Draw = { lotId: string; amount: number }

/** What one transaction does to one wallet. */
export type WalletChange = {
  currency: string
  postings: readonly Posting[]
  newLots: readonly Lot[]
  draws: readonly Draw[]
  balanceAfter: number
}
