import { once } from 'node:events'
import { SdkFault } from './sdk-fault.ts'

/** Shorter than any SDK waits for an answer; a store that takes longer is asked by one request and not by two. */
const WAIT_MS = 5_000

/** Runs the work for a receipt, after all other work for it in this process. */
export type ReceiptsInFlight = <Value>(receipt: string, work: () => Promise<Value>) => Promise<Value>

/**
 * Lets posts of one receipt follow each other. SDKs post a purchase from several places at once; the second post finds
 * the purchase recorded, and the store is asked once. Who would wait too long is told to come back: 529, 7638. Between
 * processes the claim in the database decides. RevenueCat REST API v1, POST /receipts.
 */
export function receiptsInFlight(waitMs = WAIT_MS): ReceiptsInFlight {
  const running = new Map<string, Promise<unknown>>()
  return async (receipt, work) => {
    if (running.has(receipt)) await waitFor(() => running.get(receipt), AbortSignal.timeout(waitMs))
    const mine = work()
    running.set(receipt, mine)
    try {
      return await mine
    } finally {
      running.delete(receipt)
    }
  }
}

/** Others may wait for the same work and begin theirs first. */
async function waitFor(runningNow: () => Promise<unknown> | undefined, patience: AbortSignal): Promise<void> {
  const end = once(patience, 'abort')
  for (let before = runningNow(); before !== undefined; before = runningNow()) {
    await Promise.race([before.catch(() => undefined), end])
    if (patience.aborted) throw new SdkFault('receipt_in_progress')
  }
}
