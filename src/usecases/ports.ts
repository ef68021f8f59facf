import type { Catalog } from '../core/catalog/catalog.ts'
import type { Attribute, Attributes } from '../core/customers/attributes.ts'
import type { Customer, CustomerAlias, CustomerRef } from '../core/customers/customer.ts'
import type { CustomerChange, DomainEvent } from '../core/events/event.ts'
import type { Clock } from '../core/lib/clock.ts'
import type { Ids } from '../core/lib/ids.ts'
import type { Result } from '../core/lib/result.ts'
import type { SecretKeyVersion } from '../core/projects/api-keys.ts'
import type { App, Project, RestoreBehavior, Store } from '../core/projects/project.ts'
import type { Environment, Purchase, PurchaseTransaction } from '../core/purchases/purchase.ts'
import type { PurchaseSnapshot } from '../core/purchases/snapshot.ts'
import type { ChainHead, ChainLink } from '../core/wallet/chain.ts'
import type { Hold } from '../core/wallet/hold.ts'
import type { LedgerKind, LedgerTransaction } from '../core/wallet/ledger-transaction.ts'
import type { DebtPolicy } from '../core/wallet/policy.ts'
import type { RecordedChange } from '../core/wallet/reverse.ts'
import type { Wallet } from '../core/wallet/wallet.ts'
import type { CatalogReads, TxCatalog } from './ports/catalog.ts'
import type { DeviceReads, TxDevices } from './ports/devices.ts'
import type { GroupSubject, GroupTx } from './ports/group-commit.ts'
import type { PublishedReads, TxPublished } from './ports/published.ts'
import type { RealtimeReads, TxRealtimeTokens } from './ports/realtime.ts'
import type { TxUsage, UsageReads } from './ports/usage.ts'

/** What every use case gets. Built once, in `app.ts`; tests build it with their own clock and ids. */
export type Ctx = {
  clock: Clock
  ids: Ids
  /** A cryptographic hash (SHA-256) of a text, in hex. */
  hash(text: string): string
  read: Reads
  stores: Stores
  /**
   * Runs one operation in one database transaction: commits when it answers a value, rolls back when it answers a
   * refusal or throws. Repeated from the start when the database reports a deadlock or a serialisation conflict,
   * so `work` must have no effect outside `tx`. Announces the recorded changes after commit.
   */
  transaction<Value, Refusal>(work: (tx: Tx) => Promise<Result<Value, Refusal>>): Promise<Result<Value, Refusal>>
  /**
   * Like `transaction`, for a write to one customer's wallet: may share its database transaction with writes of others
   * that are wanted at the same moment. `work` must wait for nothing but its `tx`.
   */
  groupedTransaction<Value, Refusal>(
    subject: GroupSubject,
    work: (tx: GroupTx) => Promise<Result<Value, Refusal>>,
  ): Promise<Result<Value, Refusal>>
}

/** Reads that need no transaction. Each answers from one statement, so it is consistent in itself. */
export type Reads = {
  projects: ProjectReads
  catalog: CatalogReads
  customers: CustomerReads
  purchases: PurchaseReads
  wallet: WalletReads
  holds: HoldReads
  usage: UsageReads
  realtimeTokens: RealtimeReads
  published: PublishedReads
  devices: DeviceReads
}

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

/** A ledger transaction in a list: by how much it changed each balance, and what undid it. */
export type HistoryEntry = Omit<LedgerTransaction, 'changes'> & {
  changes: ReadonlyArray<{ currency: string; amount: number }>
  reversedBy: string | null
}

export type PurchaseReads = {
  ofCustomer(ref: CustomerRef): Promise<Purchase[]>
  /** Purchases with something due by `now`, the longest overdue first. */
  due(now: number, limit: number): Promise<DuePurchase[]>
  findClaim(key: StoreClaimKey): Promise<StoreClaim | null>
  /** One purchase with its charges, oldest first. */
  chain(ref: CustomerRef, purchaseId: string): Promise<PurchaseChain | null>
}

export type PurchaseChain = { purchase: Purchase; transactions: PurchaseTransaction[] }

export type ProjectReads = {
  get(projectId: string): Promise<Project | null>
  /** All projects, oldest first, at most `limit`. */
  list(limit: number): Promise<Project[]>
  appByPublicKey(publicKey: string): Promise<App | null>
  secretKeyByHash(hash: string): Promise<SecretKey | null>
}

export type SecretKey = { keyId: string; projectId: string; version: SecretKeyVersion; scopes: string[] }

/** A customer with all that they bought, the oldest purchase first. */
export type CustomerPurchases = { customer: Customer; purchases: Purchase[] }

export type CustomerReads = {
  /** A customer and their purchases as they are at one moment. */
  view(projectId: string, appUserId: string): Promise<CustomerPurchases | null>
  findByAppUserId(projectId: string, appUserId: string): Promise<Customer | null>
  attributes(ref: CustomerRef): Promise<Attributes>
  aliases(ref: CustomerRef): Promise<CustomerAlias[]>
  /** Moves `lastSeenAt` forward, alone and without a revision: nobody's access or balance depends on it. */
  touch(ref: CustomerRef, now: number): Promise<void>
}

export type DuePurchase = { ref: CustomerRef; purchaseId: string }

/** The adapter of a store; null when Purser cannot verify purchases of that store yet. */
export type Stores = (store: Store) => StoreAdapter | null

/** What an adapter is told about a posted receipt. `transactions` are the charges known of this chain's customer. */
export type ReceiptQuestion = {
  app: App
  project: Project
  catalog: Catalog
  fetchToken: string
  storeProductId: string | null
  /** Products of which the customer has bought before: no second trial. */
  boughtProductIds: ReadonlySet<string>
  now: number
}

export type StoreRefusal =
  /** Forged, malformed or refused by the store: never going to be right. */
  | { code: 'receipt_invalid'; problem: string }
  /** The project does not sell this product through this app. */
  | { code: 'product_unknown'; storeProductId: string }
  /** The store cannot be asked at the moment; the device must keep the purchase and try again. */
  | { code: 'store_unavailable'; problem: string }

export type StoreAdapter = {
  /** The chain that a token names, without asking the store: enough to find out whether it is known. */
  chainOf(fetchToken: string): Result<{ storePurchaseId: string; environment: Environment }, StoreRefusal>
  /** Verifies a posted receipt with the store. Never called inside a database transaction. */
  verify(question: ReceiptQuestion): Promise<Result<PurchaseSnapshot, StoreRefusal>>
  /** What the store says now about a chain that is known and due. */
  refresh(question: RefreshQuestion): Promise<Result<PurchaseSnapshot, StoreRefusal>>
}

export type RefreshQuestion = {
  project: Project
  catalog: Catalog
  purchase: Purchase
  transactions: readonly PurchaseTransaction[]
  now: number
}

/** The inside of one database transaction. Reads here see its own writes. */
export type Tx = {
  projects: TxProjects
  catalog: TxCatalog
  customers: TxCustomers
  purchases: TxPurchases
  wallet: TxWallet
  holds: TxHolds
  idempotency: TxIdempotency
  events: TxEvents
  usage: TxUsage
  realtimeTokens: TxRealtimeTokens
  published: TxPublished
  devices: TxDevices
}

export type TxProjects = {
  insertProject(project: Project, now: number): Promise<void>
  updateTestStore(projectId: string, setting: Pick<Project, 'testStorePace' | 'testStoreMaxRenewals'>): Promise<void>
  updateRestoreBehavior(projectId: string, behavior: RestoreBehavior): Promise<void>
  insertApp(app: App, now: number): Promise<void>
  insertSecretKey(key: SecretKey & { hash: string; label: string }, now: number): Promise<void>
}

export type TxCustomers = {
  findByAppUserId(projectId: string, appUserId: string): Promise<Customer | null>
  /** Locks the customer behind an id until the end of the transaction; null when the id is unknown. Follows merges. */
  lockByAppUserId(projectId: string, appUserId: string): Promise<Customer | null>
  /** Locks customers in the one lock order. Rows that do not exist are left out; merged ones are answered as they are. */
  lock(refs: readonly CustomerRef[]): Promise<Customer[]>
  insert(customer: Customer): Promise<void>
  /** Makes an id a name of a customer; false when the id already names somebody. Waits for a parallel claim. */
  claimAppUserId(ref: CustomerRef, appUserId: string, now: number): Promise<boolean>
  /** Makes all names of one customer names of another. */
  moveAliases(from: CustomerRef, to: CustomerRef): Promise<void>
  aliases(ref: CustomerRef): Promise<CustomerAlias[]>
  update(customer: Customer): Promise<void>
  attributes(ref: CustomerRef): Promise<Attributes>
  setAttributes(ref: CustomerRef, changes: ReadonlyMap<string, Attribute>): Promise<void>
}

/** The key under which a chain of store transactions is owned by exactly one customer. */
export type StoreClaimKey = { projectId: string; store: Store; environment: Environment; storePurchaseId: string }
export type StoreClaim = { owner: CustomerRef; purchaseId: string }

export type TxPurchases = {
  findClaim(key: StoreClaimKey): Promise<StoreClaim | null>
  /** Claims a chain for a customer; false when it is already claimed. Waits for a parallel claim. */
  insertClaim(key: StoreClaimKey, claim: StoreClaim): Promise<boolean>
  get(ref: CustomerRef, purchaseId: string): Promise<Purchase | null>
  ofCustomer(ref: CustomerRef): Promise<Purchase[]>
  /** The chain's charges, oldest first. */
  transactions(ref: CustomerRef, purchaseId: string): Promise<PurchaseTransaction[]>
  save(ref: CustomerRef, purchase: Purchase, newTransactions: readonly PurchaseTransaction[]): Promise<void>
  /** Gives a purchase with its charges and its claim to another customer. */
  move(purchase: Purchase, from: CustomerRef, to: CustomerRef): Promise<void>
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
  /** The ids of the transactions that undo this one and were not undone themselves. */
  standingReversals(transactionId: string): Promise<string[]>
  /** What a project's currencies do when a refund finds too little, by code; archived currencies included. */
  debtPolicies(projectId: string): Promise<Map<string, DebtPolicy>>
  /**
   * Writes a ledger transaction with its postings, lots, draws and the new balances, and moves the end of the chain on.
   * Starts the transaction over when the chain ends somewhere else by now.
   */
  append(ref: CustomerRef, transaction: LedgerTransaction, link: ChainLink): Promise<void>
}

/** Scope and key of a write that is done at most once. Unique in the whole project, not per customer. */
export type IdempotencyKey = { projectId: string; scope: string; key: string }
/** `fingerprint` is the whole input in one fixed form, so that a key that is used for something else is noticed. */
export type IdempotencyRecord = { fingerprint: string; answer: unknown }

export type TxIdempotency = {
  find(key: IdempotencyKey): Promise<IdempotencyRecord | null>
  /** Stores the answer; false when a parallel request stored one first. */
  insert(key: IdempotencyKey, record: IdempotencyRecord, now: number): Promise<boolean>
  /** Forgets answers that were kept before an instant, the oldest first, at most `limit`. Answers how many. */
  deleteOlderThan(createdAt: number, limit: number): Promise<number>
}

export type TxEvents = {
  /** Writes events to the outbox under the customer's new revision, and announces the change after commit. */
  append(ref: CustomerRef, change: CustomerChange, events: readonly DomainEvent[]): Promise<void>
}
