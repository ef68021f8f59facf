import type { Attribute, Attributes } from '../core/customers/attributes.ts'
import type { Customer, CustomerAlias, CustomerRef } from '../core/customers/customer.ts'
import type { EntitlementGrant } from '../core/entitlements/grant.ts'
import type { CustomerChange, DomainEvent } from '../core/events/event.ts'
import type { Clock } from '../core/lib/clock.ts'
import type { Ids } from '../core/lib/ids.ts'
import type { Result } from '../core/lib/result.ts'
import type { SecretKeyVersion } from '../core/projects/api-keys.ts'
import type { App, Project, RestoreBehavior, Store } from '../core/projects/project.ts'
import type { Environment, Purchase, PurchaseTransaction } from '../core/purchases/purchase.ts'
import type { BulkReads, TxBulk } from './ports/bulk.ts'
import type { CatalogReads, TxCatalog } from './ports/catalog.ts'
import type { CreditIntentReads, TxCreditIntents } from './ports/credit-intents.ts'
import type { TxCurrencyPolicies } from './ports/currency-policies.ts'
import type { CustomerCenterReads, TxCustomerCenter } from './ports/customer-center.ts'
import type { CustomerRuleReads, TxCustomerRules } from './ports/customer-rules.ts'
import type { DeviceReads, TxDevices } from './ports/devices.ts'
import type { EntitlementGrantReads, TxEntitlementGrants } from './ports/entitlement-grants.ts'
import type { TxErasure } from './ports/erasure.ts'
import type { EventFeedReads, TxEventFeed, TxEventRelay } from './ports/event-relay.ts'
import type { IdempotencyKey, TxIdempotency } from './ports/idempotency.ts'
import type { IncomingReads, TxIncoming } from './ports/incoming.ts'
import type { CustomerSearchReads, LedgerReads, TxLedgerIndex } from './ports/ledger.ts'
import type { ApprovalReads, OperatorReads, TxApprovals, TxOperators } from './ports/operators.ts'
import type { OwnershipReads, TxOwnership } from './ports/ownership.ts'
import type { PublishedReads, TxPublished } from './ports/published.ts'
import type { RealtimeReads, TxRealtimeTokens } from './ports/realtime.ts'
import type { TxReceiptFacts } from './ports/receipt-facts.ts'
import type { TxRedemptions } from './ports/redemptions.ts'
import type { Stores } from './ports/stores.ts'
import type { TxUsage, UsageReads } from './ports/usage.ts'
import type { HoldReads, LotsNeeded, TxHolds, TxWallet, WalletReads } from './ports/wallet.ts'
import type { TxWebhookDeliveries, WebhookDeliveryReads } from './ports/webhook-deliveries.ts'
import type { TxWebhookEndpoints, WebhookEndpointReads } from './ports/webhook-endpoints.ts'

export type { IdempotencyKey, IdempotencyRecord, TxIdempotency } from './ports/idempotency.ts'
export type { HistoryEntry } from './ports/ledger.ts'
export type { ReceiptQuestion, StoreAdapter, StoreRefusal, Stores } from './ports/stores.ts'
export type {
  HistoryPage,
  HoldReads,
  LotsNeeded,
  RecordedTransaction,
  TxHolds,
  TxWallet,
  WalletReads,
} from './ports/wallet.ts'

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
  entitlementGrants: EntitlementGrantReads
  ownership: OwnershipReads
  customerRules: CustomerRuleReads
  wallet: WalletReads
  ledger: LedgerReads
  customerSearch: CustomerSearchReads
  holds: HoldReads
  bulk: BulkReads
  usage: UsageReads
  incoming: IncomingReads
  operators: OperatorReads
  approvals: ApprovalReads
  creditIntents: CreditIntentReads
  realtimeTokens: RealtimeReads
  published: PublishedReads
  eventFeed: EventFeedReads
  devices: DeviceReads
  webhookEndpoints: WebhookEndpointReads
  webhookDeliveries: WebhookDeliveryReads
  customerCenters: CustomerCenterReads
}

export type PurchaseReads = {
  ofCustomer(ref: CustomerRef): Promise<Purchase[]>
  /** Purchases at a store with something due by `now`, the longest overdue first. */
  due(store: Store, now: number, limit: number): Promise<DuePurchase[]>
  findClaim(key: StoreClaimKey): Promise<StoreClaim | null>
  /** One purchase with its charges, oldest first. They may be newer than the purchase, never older. */
  chain(ref: CustomerRef, purchaseId: string): Promise<PurchaseChain | null>
  /** Looks at a purchase later than at `dueAt`, alone and without a revision: nobody's access depends on it. */
  postpone(due: DuePurchase, until: number): Promise<void>
}

export type PurchaseChain = { purchase: Purchase; transactions: PurchaseTransaction[] }

export type ProjectReads = {
  get(projectId: string): Promise<Project | null>
  /** All projects, oldest first, at most `limit`. */
  list(limit: number): Promise<Project[]>
  appByPublicKey(publicKey: string): Promise<App | null>
  /** The apps of a project, oldest first, at most `limit`. */
  apps(projectId: string, limit: number): Promise<App[]>
  secretKeyByHash(hash: string): Promise<SecretKey | null>
}

export type SecretKey = { keyId: string; projectId: string; version: SecretKeyVersion; scopes: string[] }

/** A customer with all that they bought and were granted, the oldest first. */
export type CustomerPurchases = { customer: Customer; purchases: Purchase[]; grants: EntitlementGrant[] }

export type CustomerReads = {
  /** A customer and their purchases as they are at one moment. */
  view(projectId: string, appUserId: string): Promise<CustomerPurchases | null>
  findByAppUserId(projectId: string, appUserId: string): Promise<Customer | null>
  attributes(ref: CustomerRef): Promise<Attributes>
  aliases(ref: CustomerRef): Promise<CustomerAlias[]>
  /** Moves `lastSeenAt` of a customer and a name forward, alone and without a revision: no access or balance depends on it. */
  touch(ref: CustomerRef, appUserId: string, now: number): Promise<void>
  /** Keeps the country of the customer's store, without a revision too. */
  setCountry(ref: CustomerRef, country: string): Promise<void>
}

export type DuePurchase = {
  ref: CustomerRef
  purchaseId: string
  dueAt: number
  /** Since when there should be news: the end of the period, which postponing does not move. */
  since: number
}

/** The inside of one database transaction. Reads here see its own writes. */
export type Tx = {
  projects: TxProjects
  catalog: TxCatalog
  currencyPolicies: TxCurrencyPolicies
  customers: TxCustomers
  purchases: TxPurchases
  entitlementGrants: TxEntitlementGrants
  erasure: TxErasure
  ownership: TxOwnership
  customerRules: TxCustomerRules
  wallet: TxWallet
  ledgerIndex: TxLedgerIndex
  holds: TxHolds
  bulk: TxBulk
  idempotency: TxIdempotency
  events: TxEvents
  eventRelay: TxEventRelay
  eventFeed: TxEventFeed
  usage: TxUsage
  incoming: TxIncoming
  operators: TxOperators
  approvals: TxApprovals
  creditIntents: TxCreditIntents
  realtimeTokens: TxRealtimeTokens
  published: TxPublished
  devices: TxDevices
  webhookEndpoints: TxWebhookEndpoints
  webhookDeliveries: TxWebhookDeliveries
  receiptFacts: TxReceiptFacts
  redemptions: TxRedemptions
  customerCenters: TxCustomerCenter
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
  /**
   * Makes an id a name of a customer; false when the id already names somebody. Waits for a parallel claim. Throws
   * `AppUserIdBlocked` for an id that the project has blocked.
   */
  claimAppUserId(ref: CustomerRef, appUserId: string, now: number): Promise<boolean>
  /** Makes all names of one customer names of another. */
  moveAliases(from: CustomerRef, to: CustomerRef): Promise<void>
  aliases(ref: CustomerRef): Promise<CustomerAlias[]>
  /** Notes a visit under one of the names. */
  touch(ref: CustomerRef, appUserId: string, now: number): Promise<void>
  update(customer: Customer): Promise<void>
  /** Chooses the offering that a customer sees in place of the current one; null takes the choice back. */
  setOfferingOverride(ref: CustomerRef, offeringId: string | null): Promise<void>
  setCountry(ref: CustomerRef, country: string): Promise<void>
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
  save(
    ref: CustomerRef,
    purchase: Purchase,
    charges: {
      newTransactions: readonly PurchaseTransaction[]
      /** Stored ones of which the store says something else: a refund, another end. */
      changedTransactions: readonly PurchaseTransaction[]
    },
  ): Promise<void>
  /** Makes these the only charges of a chain: some were learnt of late, or their end was told anew. */
  replaceTransactions(ref: CustomerRef, purchaseId: string, transactions: readonly PurchaseTransaction[]): Promise<void>
  /** Gives a purchase with its charges and its claim to another customer. */
  move(purchase: Purchase, from: CustomerRef, to: CustomerRef): Promise<void>
}

export type TxEvents = {
  /** Writes events to the outbox under the customer's new revision, and announces the change after commit. */
  append(ref: CustomerRef, change: CustomerChange, events: readonly DomainEvent[]): Promise<void>
}

/**
 * Whose wallet a write is about and what it is going to look at: told before it begins, so that the rows of many writes
 * are read together. What is not wanted here is not there for the write.
 */
export type GroupSubject = {
  projectId: string
  appUserId: string
  /** The key that the write is done at most once by; null when it has none. */
  key: IdempotencyKey | null
  lots: LotsNeeded
  wantsCurrencies?: boolean
  wantsOpenHolds?: boolean
  /** The amount above which a change needs a second person. */
  wantsThreshold?: boolean
  /** Purchases, grants of entitlements, counters and the cap of credits. */
  wantsUsage?: boolean
}

/**
 * What a write that shares its database transaction with others can do: everything about the one customer of its subject,
 * and nothing that would make the others wait. A `Tx` is one too, so the same write can have a transaction of its own.
 */
export type GroupTx = {
  /** The customer of a group exists: who has to be created goes alone. */
  customers: Pick<Tx['customers'], 'lockByAppUserId' | 'update' | 'claimAppUserId' | 'insert'>
  purchases: Pick<Tx['purchases'], 'ofCustomer'>
  entitlementGrants: Pick<Tx['entitlementGrants'], 'ofCustomer'>
  usage: Pick<Tx['usage'], 'counters' | 'creditsCaps' | 'setCounters' | 'deleteCountersBefore'>
  idempotency: Pick<Tx['idempotency'], 'find' | 'insert'>
  wallet: Pick<Tx['wallet'], 'load' | 'append'>
  holds: Pick<Tx['holds'], 'ofCustomer' | 'save'>
  events: Tx['events']
  catalog: Pick<Tx['catalog'], 'currencies'>
  approvals: Pick<Tx['approvals'], 'threshold'>
}
