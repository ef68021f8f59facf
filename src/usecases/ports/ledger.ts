import type { Customer, CustomerRef } from '../../core/customers/customer.ts'
import type { BalanceFacts } from '../../core/wallet/explain-balance.ts'
import type { Hold } from '../../core/wallet/hold.ts'
import type { LedgerReference } from '../../core/wallet/ledger-references.ts'
import type { LedgerKind, LedgerTransaction } from '../../core/wallet/ledger-transaction.ts'
import type { LedgerUntil } from '../../core/wallet/statement.ts'

/** A ledger transaction in a list: by how much it changed each balance, and what undid it. */
export type HistoryEntry = Omit<LedgerTransaction, 'changes'> & {
  changes: ReadonlyArray<{ currency: string; amount: number }>
  reversedBy: string | null
}

/** Somebody who was merged into another customer, and left a ledger behind. */
export type MergedCustomer = CustomerRef & { originalAppUserId: string }

/** A place in a list of transactions, newest first. */
export type LedgerPlace = { createdAt: number; transactionId: string }

/**
 * Where to look, by what an index serves: the transactions that a ticket or an operator is named in, those of one of these
 * purchases, or those of these customers.
 */
export type LedgerSource =
  | LedgerReference
  | { kind: 'purchases'; purchaseIds: readonly string[] }
  | { kind: 'customers'; customers: readonly CustomerRef[] }

/** Which of what is found there are wanted; null does not narrow. Times: from `since`, before `until`. */
export type LedgerFilter = {
  customers: readonly CustomerRef[] | null
  purchaseIds: readonly string[] | null
  operatorId: string | null
  requestId: string | null
  kind: LedgerKind | null
  currency: string | null
  since: number | null
  until: number | null
}

export type LedgerSearch = {
  projectId: string
  source: LedgerSource
  filter: LedgerFilter
  before: LedgerPlace | null
  limit: number
}

/** A transaction that was found, and whose it is. */
export type FoundEntry = HistoryEntry & {
  customerId: string
  /** The first app user id of that customer. It names the person who goes on, if the customer was merged away. */
  userId: string
  mergedIntoId: string | null
}

/** A page; `next` is null on the last one. A page may be short, even empty, and still not be the last. */
export type FoundPage = { entries: FoundEntry[]; next: LedgerPlace | null }

/** A transaction in so far as its references follow from it. */
export type IndexedTransaction = {
  owner: CustomerRef
  transactionId: string
  createdAt: number
  reason: string | null
  actor: string
}

export type BalanceLimits = {
  /** Lots that are told one by one. */
  lots: number
  /** Movements of each that are told one by one. */
  movements: number
  holds: number
  /** The ledger is computed again if it has no more transactions than these. */
  verified: number
}

export type LedgerReads = {
  /** The customers that were merged into this one, or into one of those; at most `limit`. */
  mergedInto(ref: CustomerRef, limit: number): Promise<MergedCustomer[]>
  /** The ledger of a customer up to a moment; of the lots with something left, at most `lotsMax` in each currency. */
  until(ref: CustomerRef, at: number, lotsMax: number): Promise<LedgerUntil>
  /** Holds of a customer that were open at a moment, the newest first. */
  holdsOpenAt(ref: CustomerRef, at: number, limit: number): Promise<Hold[]>
  search(search: LedgerSearch): Promise<FoundPage>
  /** Everything that explains a balance, as it is at one moment. */
  balanceFacts(
    ref: CustomerRef,
    currency: string,
    world: { now: number; hash: (text: string) => string; limits: BalanceLimits },
  ): Promise<BalanceFacts>
  /** The transactions of the whole database in a fixed order, after one of them. */
  transactionsAfter(last: IndexedTransaction | null, limit: number): Promise<IndexedTransaction[]>
}

export type TxLedgerIndex = {
  /** Writes the references of transactions, as far as they are not there yet. Answers how many were not. */
  add(transactions: readonly IndexedTransaction[]): Promise<number>
}

/** A customer with what they were found by. */
export type FoundCustomer = { customer: Customer; by: 'app_user_id' | 'email' | 'purchase' }

export type CustomerSearchReads = {
  /** Customers with a name that begins so, the exact one first; with this e-mail; and who has this store purchase. */
  find(projectId: string, text: string, limit: number): Promise<FoundCustomer[]>
  /** The app user ids of a customer that were seen last, the latest first; at most `limit`. */
  latestNames(ref: CustomerRef, limit: number): Promise<string[]>
  /** The ids of the purchases to which a store gave this id. */
  purchaseIds(projectId: string, storePurchaseId: string): Promise<string[]>
}
