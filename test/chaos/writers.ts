import type { ServerPlace } from './client.ts'
import type { SeededRandom } from './seeded-random.ts'

/** Writes that wait for their answer at the same time. */
const IN_FLIGHT = 64

/** Attempts of one write: the servers are all away for a few seconds at most. */
const ATTEMPTS_MAX = 2_000
const PAUSE_MS = 50
const ANSWER_WITHIN_MS = 20_000

export type Writing = {
  users: readonly string[]
  changes: number
  adminSecret: string
  /** Begins each idempotency key, so that a write that is sent again is done once. */
  runName: string
  servers(): readonly ServerPlace[]
  random: SeededRandom
  /** Told after each change that was acknowledged. */
  onWritten(count: number): void
  /** How many changes each user got, counted on. */
  written: Map<string, number>
}

/** Changes balances through the Admin Credits API until all changes are acknowledged. */
export async function writeChanges(writing: Writing): Promise<void> {
  const perUser = writing.written
  let taken = 0
  let count = 0
  const work = async (): Promise<void> => {
    while (taken < writing.changes) {
      const key = `${writing.runName}-${taken}`
      taken += 1
      const userId = writing.random.pick(writing.users)
      await writeOnce(writing, userId, key)
      perUser.set(userId, (perUser.get(userId) ?? 0) + 1)
      count += 1
      writing.onWritten(count)
    }
  }
  await Promise.all(Array.from({ length: IN_FLIGHT }, work))
}

async function writeOnce({ servers, random, adminSecret }: Writing, userId: string, key: string): Promise<void> {
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const status = await adjust(servers(), random, adminSecret, { user_id: userId, key })
    if (status === 200) return
    if (status !== null && status < 500) throw new Error(`a change was answered with ${status}`)
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
  }
  throw new Error('a change was never acknowledged')
}

/** The status of the answer; null when there was none, which says nothing about what was written. */
async function adjust(
  servers: readonly ServerPlace[],
  random: SeededRandom,
  adminSecret: string,
  { user_id, key }: { user_id: string; key: string },
): Promise<number | null> {
  if (servers.length === 0) return null
  try {
    const answer = await fetch(`${random.pick(servers).url}/admin/credits/adjust`, {
      method: 'POST',
      headers: { authorization: `Bearer ${adminSecret}`, 'content-type': 'application/json' },
      body: JSON.stringify({ user_id, amount: 1, reason: 'chaos test', idempotency_key: key }),
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    })
    await answer.arrayBuffer()
    return answer.status
  } catch {
    return null
  }
}
