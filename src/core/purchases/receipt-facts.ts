import type { Price } from '../catalog/catalog.ts'

/** Where and how something was shown to the buyer. Texts are the app's; every field may be missing. */
export type PresentedContext = {
  placement?: string
  targeting?: { revision: number; ruleId: string }
  paywall?: Readonly<Record<string, string | number | boolean>>
  workflowId?: string
  stepId?: string
}

/**
 * What an app says of a purchase beside its token. None of it is proof: the store's word decides, and this fills in
 * what a store does not tell.
 */
export type ReceiptFacts = {
  /** The price as the app showed it, in the currency that it named. */
  price?: Price
  /** Named without a price. */
  currency?: string
  /** ISO 3166-1 alpha-2. */
  storeCountry?: string
  ipAddress?: string
  presented?: PresentedContext
  /** What made the app post it. */
  initiation?: 'purchase' | 'restore' | 'queue' | 'unsynced_active_purchases'
  /** The app finishes its purchases itself. */
  isObserver?: boolean
  introductoryPriceMicros?: number
  paymentMode?: 'pay_as_you_go' | 'pay_up_front' | 'free_trial'
  /** ISO 8601 durations. */
  normalDuration?: string
  introDuration?: string
  trialDuration?: string
  subscriptionGroup?: string
  prorationMode?: string
  storeUserId?: string
  metadata?: Readonly<Record<string, string>>
}
