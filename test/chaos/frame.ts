import type { Attempt } from './client.ts'
import type { Received } from './judge.ts'

/** A frame of the server, as far as these clients look at it. */
export type Frame = { event: string; data: Received & { topics: string[] } }

/** What a client does with a frame on every transport: its first greeting and each invalidation move the cursor. */
export function take(attempt: Attempt, { event, data }: Frame): void {
  if (event === 'connected') attempt.greeted(data.seq)
  if (event === 'usage.changed' || event === 'entitlements.changed') attempt.told({ ...data, event })
}
