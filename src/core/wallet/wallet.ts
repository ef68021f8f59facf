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
  /** The lot of another wallet that this one continues after a merge or a transfer; null for a lot of its own. */
  originLotId: string | null
  /** When what remains lapses; null never. */
  expiresAt: number | null
  createdAt: number
}

/**
 * One customer's units of one currency, with the lots that still hold some. `owed` is a debt that a refund left; the
 * balance itself is never negative.
 */
export type Wallet = { currency: string; balance: number; owed: number; lots: readonly Lot[] }

/** The wallet of a currency that a customer never had. */
export function emptyWallet(currency: string): Wallet {
  return { currency, balance: 0, owed: 0, lots: [] }
}

/**
 * Accounts of the double entry. `wallet` is the customer's own; the others say where units come from and go to.
 * A positive amount is an increase of that account.
 */
export type Account =
  | 'wallet'
  | 'issued_by_purchase'
  | 'issued_by_operator'
  | 'merged'
  /** Units on their way from one customer to another. */
  | 'transferred'
  | 'over_cap'
  /** Units that the customer used. */
  | 'spent'
  /** Units that holds keep: nobody can spend them, and nobody has them yet. */
  | 'held'
  /** Units that lapsed with their lot. */
  | 'expired'
  /** What a refund took beyond the balance: minus the debt. Paid by the grants that follow. */
  | 'owed'

/** One side of a ledger transaction. All postings of a transaction sum to zero, currency by currency. */
export type Posting = { account: Account; currency: string; amount: number }

/** How much a transaction took out of a lot; negative is what it put back. */
export type Draw = { lotId: string; amount: number }

/** What one transaction does to one wallet. */
export type WalletChange = {
  currency: string
  postings: readonly Posting[]
  newLots: readonly Lot[]
  draws: readonly Draw[]
  balanceAfter: number
  owedAfter: number
}
