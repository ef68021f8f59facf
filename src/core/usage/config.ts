/** What customers are metered in besides credits, counted in its smallest whole unit. */
export type Meter = {
  id: string
  /** The unit that is counted and stored, such as `seconds`. */
  unit: string
  /** How clients are told of caps and what remains, such as minutes at a divisor of 60; null when as counted. */
  display: { unit: string; divisor: number } | null
}

/** What a period allows to customers of one rank. The last in the list is the highest. */
export type Tier = {
  id: string
  isDefault: boolean
  /** Who belongs to it: buyers of one of these products (identifiers at the store), or holders of an entitlement. */
  members: { by: 'products' | 'entitlements'; keys: readonly string[] }
  /** By meter id, and `credits`; in smallest units. */
  caps: ReadonlyMap<string, number>
}

/** What using something takes. `credits` may come out of the allowance or the wallet, meters only out of the allowance. */
export type Cost = { credits: number; meters: ReadonlyMap<string, number> }

/** Something that an app lets its users do, with its price. */
export type Action = { id: string; cost: Cost }

/** When counters begin anew; always in UTC. */
export type PeriodRule =
  | { kind: 'calendar_month' }
  | { kind: 'rolling_days'; days: number }
  /** The paid period of the subscription behind the tier; a calendar month for who has none. */
  | { kind: 'billing_cycle' }

/** Where credits come from. The wallet is called `ledger`, as it is in documents. */
export const SPEND_SOURCES = ['period_allowance', 'ledger'] as const
export type SpendSource = (typeof SPEND_SOURCES)[number]

/** How a project meters its customers. */
export type UsageConfig = {
  /** The currency of the wallet that costs in credits are charged to. */
  currency: string
  spendOrder: readonly SpendSource[]
  meters: readonly Meter[]
  /** Exactly one is the default. */
  tiers: readonly Tier[]
  actions: readonly Action[]
  period: PeriodRule
  /** The HTTP status of a refusal: Payment Required, or Too Many Requests for clients that know only that. */
  exhaustedStatus: 402 | 429
}

/** Largest cap: the largest balance of a wallet, so an allowance can be as large. */
export const CAP_MAX = 2_000_000_000

/** The name of credits where they stand beside meters. */
export const CREDITS = 'credits'
