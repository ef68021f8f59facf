import type { Currency } from '../../core/catalog/catalog.ts'
import type { Result } from '../../core/lib/result.ts'

/** A balance as the upstream shows it; name and description are null where it says none. */
export type UpstreamBalance = { code: string; name: string | null; description: string | null; balance: number }

/** One change of one balance. Under the same key it is done at most once, however often it is sent. */
export type UpstreamChange = {
  customerId: string
  currency: string
  /** Signed, not zero. */
  amount: number
  /** The caller's words for it, shown in the upstream's timeline of the customer. */
  reference: string
  key: string
}

/** How long a call may be tried: once, or again and again inside of the client's budget. */
export type Patience = 'once' | 'within_budget'

/** Why a call of the upstream gave no good answer, after all its tries. */
export type UpstreamFault = {
  /** The upstream's type of error, such as `rate_limit_error`; or `timeout`, `network_error`, `malformed_response`. */
  type: string
  /** The HTTP status of the last answer; null when there was none. */
  status: number | null
  /** The parameter that the upstream blames. */
  param: string | null
  /** Whether one of the tries may have done the change all the same. */
  isUncertain: boolean
  /** Whether the answer holds for every earlier try under the same key too: it was judged, and refused. */
  isConclusive: boolean
  /** What people may be told of it; never a secret. */
  message: string
}

export type UpstreamAnswer<Value> = Promise<Result<Value, UpstreamFault>>

/** The balances of a project that another server keeps, by RevenueCat REST API v2. Never called inside a transaction. */
export type CreditsUpstream = {
  /** Names the upstream project, so that what was begun with one is never gone on with at another. */
  projectId: string
  /** The currencies that can be changed, without archived ones. May be as old as a minute. */
  currencies(): UpstreamAnswer<Currency[]>
  balances(
    customerId: string,
    options: { includeEmpty: boolean; patience?: Patience },
  ): UpstreamAnswer<UpstreamBalance[]>
  /** Answers the balance after the change. */
  change(change: UpstreamChange, patience?: Patience): UpstreamAnswer<{ balance: number }>
}
