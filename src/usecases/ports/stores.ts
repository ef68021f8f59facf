import type { Catalog } from '../../core/catalog/catalog.ts'
import type { Result } from '../../core/lib/result.ts'
import type { App, Project, Store } from '../../core/projects/project.ts'
import type { Environment, Purchase, PurchaseTransaction } from '../../core/purchases/purchase.ts'
import type { PurchaseSnapshot } from '../../core/purchases/snapshot.ts'

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

/** What a team can have a store do to a purchase. RevenueCat REST API v1, store actions. */
export type StoreAction =
  /** Ends access now and gives the latest charge back. */
  | { kind: 'revoke' }
  /** Gives one charge back; access ends if it paid for the current period. */
  | { kind: 'refund'; storeTransactionId: string }
  /** Switches the renewal off; what is paid stays. */
  | { kind: 'cancel' }
  /** Moves the end of the current period to a later instant. */
  | { kind: 'defer'; expiresAt: number }
  /** Gives days for nothing. The reason is the App Store's: 0 undeclared, 1 satisfaction, 2 other, 3 service issue. */
  | { kind: 'extend'; days: number; reasonCode: number }

/** What a tester can make happen in the Test Store, now and not when a real buyer would. */
export type TesterAction =
  /** Ends the period now and charges for the next one; also what has ended or is paused. */
  | { kind: 'renew' }
  | { kind: 'uncancel' }
  /** Has the charge of the next period fail now, with as many days of grace. */
  | { kind: 'fail_billing'; graceDays: number }
  /** Gives up the charge that failed. */
  | { kind: 'give_up_billing' }
  | { kind: 'unsubscribe' }
  /** Gives the latest charge back and leaves the renewal on, as the App Store can. */
  | { kind: 'refund_latest' }
  /** Gives a part of the latest charge back and leaves access. */
  | { kind: 'refund_part'; percent: number }
  | { kind: 'reverse_refund' }
  /** Plans a pause of as many days for the end of the period. */
  | { kind: 'pause'; days: number }
  | { kind: 'change_product'; storeProductId: string; isAtRenewal: boolean }
  | { kind: 'withdraw_change' }
  | { kind: 'ask_price_consent' }
  | { kind: 'give_price_consent' }
  /** Takes away what a family member shared. */
  | { kind: 'end_family_sharing' }

export type ActionRefusal =
  | StoreRefusal
  /** The store cannot do this at all. */
  | { code: 'action_unsupported'; store: string }
  /** The store will not do it to this purchase: it has ended, was given back, or the date is not later. */
  | { code: 'action_refused'; problem: string }

export type ActionQuestion = RefreshQuestion & { action: StoreAction | TesterAction }

export type StoreAdapter = {
  /** The chain that a token names, without asking the store: enough to find out whether it is known. */
  chainOf(fetchToken: string): Result<{ storePurchaseId: string; environment: Environment }, StoreRefusal>
  /** Verifies a posted receipt with the store. Never called inside a database transaction. */
  verify(question: ReceiptQuestion): Promise<Result<PurchaseSnapshot, StoreRefusal>>
  /**
   * What the store says about a chain that is known: one word as of now, or one for each thing that happened since the
   * store was last asked, the oldest first.
   */
  refresh(question: RefreshQuestion): Promise<Result<readonly PurchaseSnapshot[], StoreRefusal>>
  /** Has the store do something to a chain, and answers what it says of the chain afterwards, as `refresh` does. */
  perform(question: ActionQuestion): Promise<Result<readonly PurchaseSnapshot[], ActionRefusal>>
  /**
   * Whether the store knows nothing but what is stored here. Then its answer is worth nothing once the rows changed, and
   * an action is done only when its answer is recorded. Any other store has done it when it says so.
   */
  isMadeOfRows: boolean
}

export type RefreshQuestion = {
  project: Project
  catalog: Catalog
  purchase: Purchase
  transactions: readonly PurchaseTransaction[]
  now: number
}
