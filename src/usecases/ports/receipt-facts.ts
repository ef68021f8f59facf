import type { PresentedContext, ReceiptFacts } from '../../core/purchases/receipt-facts.ts'

export type TxReceiptFacts = {
  /** Keeps what was told of a purchase first; what is told later changes nothing. */
  keep(purchase: { projectId: string; purchaseId: string }, facts: ReceiptFacts, now: number): Promise<void>
  /** What was told of a purchase; null when nothing was. */
  find(purchase: { projectId: string; purchaseId: string }): Promise<ReceiptFacts | null>
  /** Of those purchases of which it was told where they were shown to the buyer, what was told, by purchase id. */
  presented(purchases: ReadonlyArray<{ projectId: string; purchaseId: string }>): Promise<Map<string, PresentedContext>>
}
