import type { CustomerRef } from '../../core/customers/customer.ts'
import type { ChainHead, ChainLink } from '../../core/wallet/chain.ts'
import type { Hold } from '../../core/wallet/hold.ts'
import type { LedgerKind, LedgerTransaction } from '../../core/wallet/ledger-transaction.ts'
import type { DebtPolicy } from '../../core/wallet/policy.ts'
import type { RecordedChange } from '../../core/wallet/reverse.ts'
import type { Wallet } from '../../core/wallet/wallet.ts'
import type { HistoryEntry } from './ledger.ts'

export type WalletReads = {
  /** Balances by currency, of what can be spent now: units that have lapsed are left out, booked as such or not. */
  balances(ref: CustomerRef): Promise<Map<string, number>>
  /** Customers with lots whose end has come by `now`, the longest overdue first; from at most `limit` lots. */
  lapsing(now: number, limit: number): Promise<CustomerRef[]>
  /** A page of a customer's ledger, the newest first. */
  history(ref: CustomerRef, page: HistoryPage): Promise<HistoryEntry[]>
  /** A ledger transaction of a project by its id alone. */
  transaction(projectId: string, transactionId: string): Promise<RecordedTransaction | null>
  /** The ids of the transactions that undo this one and were not undone themselves. */
  standingReversals(transactionId: string): Promise<string[]>
}

export type HoldReads = {
  /** The newest holds of a customer, at most `limit`; only those that are open, if so wanted. */
  ofCustomer(ref: CustomerRef, which: { isOpen: boolean; limit: number }): Promise<Hold[]>
  /** Open holds whose time is up by `now`, the longest overdue first. */
  due(now: number, limit: number): Promise<Array<{ owner: CustomerRef; holdId: string }>>
}

export type TxHolds = Pick<HoldReads, 'ofCustomer'> & {
  /** Whose hold it is, by its id alone; null when the project has no such hold. */
  ownerOf(projectId: string, holdId: string): Promise<CustomerRef | null>
  get(ref: CustomerRef, holdId: string): Promise<Hold | null>
  save(ref: CustomerRef, hold: Hold): Promise<void>
  /** Gives all holds of a customer to another one, closed ones too. */
  move(from: CustomerRef, to: CustomerRef): Promise<void>
}

/** Which transactions are wanted; null does not narrow. Times: from `since`, before `until`. */
export type HistoryPage = {
  limit: number
  /** Only those older than this transaction. */
  before: string | null
  kind: LedgerKind | null
  currency: string | null
  since: number | null
  until: number | null
}

/** A ledger transaction as it was written down, in the ledger of the customer who had the lots then. */
export type RecordedTransaction = Omit<LedgerTransaction, 'changes'> & {
  owner: CustomerRef
  changes: readonly RecordedChange[]
}

/** One charge at a store. Its transactions stay where they were written, whoever has the purchase now. */
export type ChargeKey = { projectId: string; purchaseId: string; storeTransactionId: string }

/**
 * Which lots a decision looks at. A grant looks at none but those that have lapsed; whoever spends or moves units needs
 * all that still hold some, and a customer may have thousands.
 */
export type LotsNeeded = 'all' | 'lapsed'

export type TxWallet = {
  /**
   * Every wallet of a customer with the lots that are needed, lapsed ones included: see `openWallets`, by which every
   * write begins.
   */
  load(ref: CustomerRef, lots: LotsNeeded, now: number): Promise<{ wallets: Map<string, Wallet>; head: ChainHead }>
  /** A ledger transaction of a project by its id alone, in whoever's ledger it is. */
  findTransaction(projectId: string, transactionId: string): Promise<RecordedTransaction | null>
  /** What a charge granted, and what was done about its refund: transactions of these kinds, oldest first. */
  ofCharge(charge: ChargeKey, kinds: readonly LedgerKind[]): Promise<RecordedTransaction[]>
  /** The steps of a hold or a transfer, of these kinds, oldest first; in whoever's ledger they are. */
  ofOperation(projectId: string, operationId: string, kinds: readonly LedgerKind[]): Promise<RecordedTransaction[]>
  /** The ids of the transactions that undo this one and were not undone themselves. */
  standingReversals(transactionId: string): Promise<string[]>
  /** How much of lots lapsed, and of those that went on for them, in the ledgers of these customers. */
  lapsedOf(owners: readonly CustomerRef[], lotIds: readonly string[]): Promise<number>
  /** What a project's currencies do when a refund finds too little, by code; archived currencies included. */
  debtPolicies(projectId: string): Promise<Map<string, DebtPolicy>>
  /**
   * Writes a ledger transaction with its postings, lots, draws and the new balances, and moves the end of the chain on.
   * Starts the transaction over when the chain ends somewhere else by now.
   */
  append(ref: CustomerRef, transaction: LedgerTransaction, link: ChainLink): Promise<void>
}
