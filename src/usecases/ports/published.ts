import type { CustomerRef } from '../../core/customers/customer.ts'
import type { PublishedEnvelope } from '../../core/events/published-envelope.ts'

/** The messages that a customer may still have to be told, and the revision up to which that is all of them. */
export type PublishedView = { revision: number; envelopes: PublishedEnvelope[] }

export type PublishedReads = {
  /** The last message of each kind since an instant, from one statement; null when there is no such customer. */
  since(projectId: string, customerId: string, occurredAt: number): Promise<PublishedView | null>
}

export type TxPublished = {
  /** How many kinds of a customer are kept, without this one. */
  countOtherKinds(ref: CustomerRef, envelope: Pick<PublishedEnvelope, 'topicSuffix' | 'event'>): Promise<number>
  /** Keeps a message in place of the earlier one of its kind. */
  save(ref: CustomerRef, envelope: PublishedEnvelope): Promise<void>
  deleteOfCustomerBefore(ref: CustomerRef, occurredAt: number): Promise<void>
  /**
   * Gives a customer's messages to another one, under the revision at which that happens. Of two of one kind the later
   * stays. Answers how many there were.
   */
  move(from: CustomerRef, to: CustomerRef, revision: number): Promise<number>
  /** Forgets messages from before an instant, the oldest first, at most `limit`. Answers how many. */
  deleteBefore(occurredAt: number, limit: number): Promise<number>
}
