import type { CustomerRef } from '../../core/customers/customer.ts'

/** A link by which somebody takes purchases along into an app. */
export type Redemption = {
  owner: CustomerRef
  /** The purchases that the link is for. */
  purchaseIds: readonly string[]
  expiresAt: number
  redeemedAt: number | null
  /** The app user id that redeemed it. */
  redeemedBy: string | null
}

export type TxRedemptions = {
  insert(tokenHash: string, redemption: Redemption, now: number): Promise<void>
  /** Null when there is none in the project. Who uses a link has locked its owner. */
  find(projectId: string, tokenHash: string): Promise<Redemption | null>
  markRedeemed(projectId: string, tokenHash: string, by: { appUserId: string; now: number }): Promise<void>
  /** Keeps the latest links of a customer. */
  deleteBeyond(ref: CustomerRef, count: number): Promise<void>
  /** Makes the links of one customer those of another. */
  move(from: CustomerRef, to: CustomerRef): Promise<void>
}
