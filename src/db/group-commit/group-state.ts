import type { ConfiguredCurrency } from '../../core/catalog/currency.ts'
import type { Customer, CustomerRef } from '../../core/customers/customer.ts'
import type { EntitlementGrant } from '../../core/entitlements/grant.ts'
import type { CustomerChange, DomainEvent } from '../../core/events/event.ts'
import type { Purchase } from '../../core/purchases/purchase.ts'
import type { CreditsCapChange } from '../../core/usage/credits-cap.ts'
import type { Period } from '../../core/usage/period.ts'
import type { ChainHead, ChainLink } from '../../core/wallet/chain.ts'
import type { Hold } from '../../core/wallet/hold.ts'
import type { LedgerTransaction } from '../../core/wallet/ledger-transaction.ts'
import type { Wallet } from '../../core/wallet/wallet.ts'
import type { IdempotencyKey, IdempotencyRecord } from '../../usecases/ports.ts'

/** What a group does about customers who are locked by somebody else. */
export type Locking = 'skip' | 'wait'

/** One locked customer as the members of a group see them: what the database has, and what earlier members did. */
export type CustomerState = {
  customer: Customer
  head: ChainHead
  wallets: ReadonlyMap<string, Wallet>
  openHolds: readonly Hold[]
  /** Only where it was wanted. */
  usage: UsageState | null
}

export type UsageState = {
  purchases: readonly Purchase[]
  grants: readonly EntitlementGrant[]
  /** What was used, by period key and meter. */
  counters: ReadonlyMap<string, ReadonlyMap<string, number>>
  /** What was decided last about the cap of credits. */
  latestCap: CreditsCapChange | null
}

/** A customer before a group and after it. */
export type MovedCustomer = { before: CustomerState; after: CustomerState }

/** What a group has read. Members that succeed move it on; the database follows at the end, in one go. */
export type GroupState = {
  /** Customer ids by app user id, see `aliasKeyOf`. Whoever is not here could not be locked at once, or is unknown. */
  customerIds: ReadonlyMap<string, string>
  customers: Map<string, CustomerState>
  /** Of whoever needs no others, the lots that lapse until then were read. */
  lapsedUntil: number
  /** Answers by idempotency key, see `keyTextOf`. */
  keys: Map<string, IdempotencyRecord>
  currencies: ReadonlyMap<string, ConfiguredCurrency[]>
  /** Approval thresholds by project; null where there is none. */
  thresholds: ReadonlyMap<string, number | null>
}

/** What members want written. */
export type GroupWrites = {
  keys: Array<{ key: IdempotencyKey; record: IdempotencyRecord; createdAt: number }>
  transactions: Array<{ ref: CustomerRef; transaction: LedgerTransaction; link: ChainLink }>
  holds: Array<{ ref: CustomerRef; hold: Hold }>
  counters: Array<{ ref: CustomerRef; period: Period; counters: ReadonlyMap<string, number> }>
  forgotten: Array<{ ref: CustomerRef; resetBefore: number }>
  changes: Array<{ ref: CustomerRef; change: CustomerChange; events: readonly DomainEvent[] }>
}

export function noWrites(): GroupWrites {
  return { keys: [], transactions: [], holds: [], counters: [], forgotten: [], changes: [] }
}

export function aliasKeyOf(projectId: string, appUserId: string): string {
  return `${projectId}\n${appUserId}`
}

export function keyTextOf({ projectId, scope, key }: IdempotencyKey): string {
  return `${projectId}\n${scope}\n${key}`
}
