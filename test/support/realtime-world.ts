import { createTokenSecrets } from '../../src/app/token-secrets.ts'
import type { Customer } from '../../src/core/customers/customer.ts'
import type { Ctx, Reads, RealtimeToken, Tx } from '../../src/usecases/ports.ts'

/** 2026-05-04T10:00:00Z. */
export const START = Date.UTC(2026, 4, 4, 10)

/** Time that stands still until a test moves it; moving it runs what is scheduled. */
function handClock(startAt = START) {
  const jobs = new Set<{ intervalMs: number; dueAt: number; run: () => void }>()
  let now = startAt
  return {
    now: () => now,
    every(intervalMs: number, run: () => void) {
      const job = { intervalMs, dueAt: now + intervalMs, run }
      jobs.add(job)
      return () => void jobs.delete(job)
    },
    /** Lets time pass, and runs every job at each of its times on the way. */
    advance(ms: number) {
      const end = now + ms
      for (;;) {
        const next = [...jobs].filter(({ dueAt }) => dueAt <= end).sort((one, other) => one.dueAt - other.dueAt)[0]
        if (next === undefined) break
        now = next.dueAt
        next.dueAt += next.intervalMs
        next.run()
      }
      now = end
    },
    jobs: () => jobs.size,
  }
}

/** The ports that realtime sessions need, in memory. */
export function realtimeWorld() {
  const clock = handClock()
  const customers = new Map<string, Customer>()
  const tokens = new Map<string, RealtimeToken>()
  const secrets = createTokenSecrets()
  const put = (projectId: string, userId: string, customerId: string, revision: number): Customer => {
    const seen = { firstSeenAt: clock.now(), lastSeenAt: clock.now(), originalAppUserId: userId }
    const customer: Customer = { projectId, bucket: 1, customerId, revision, mergedIntoId: null, ...seen }
    customers.set(`${projectId}/${userId}`, customer)
    return customer
  }
  const read = {
    customers: {
      findByAppUserId: async (projectId: string, userId: string) => customers.get(`${projectId}/${userId}`) ?? null,
    },
    realtimeTokens: { find: async (hash: string) => tokens.get(hash) ?? null },
  }
  const tx = {
    realtimeTokens: {
      insert: async (token: RealtimeToken) => void tokens.set(token.tokenHash, token),
      deleteExpired: async () => 0,
    },
  }
  const transaction = ((work: (part: Tx) => Promise<unknown>) => work(tx as unknown as Tx)) as Ctx['transaction']
  return {
    clock,
    customers,
    tokens,
    secrets,
    put,
    read: read as { customers: typeof read.customers; realtimeTokens: Reads['realtimeTokens'] },
    ctx: { clock, transaction },
    ensureCustomer: async (projectId: string, userId: string) =>
      customers.get(`${projectId}/${userId}`) ?? put(projectId, userId, `cust_${userId}`, 1),
  }
}
