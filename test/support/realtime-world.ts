import { createTokenSecrets } from '../../src/app/token-secrets.ts'
import type { Customer } from '../../src/core/customers/customer.ts'
import type { CustomerChange } from '../../src/core/events/event.ts'
import type { PublishedEnvelope } from '../../src/core/events/published-envelope.ts'
import type { RealtimeToken, SessionNews, WatchedSession } from '../../src/usecases/ports/realtime.ts'
import type { Ctx, Reads, Tx } from '../../src/usecases/ports.ts'

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
  const published = new Map<string, PublishedEnvelope[]>()
  const read = {
    customers: {
      findByAppUserId: async (projectId: string, userId: string) => customers.get(`${projectId}/${userId}`) ?? null,
    },
    published: {
      since: async (_projectId: string, customerId: string, occurredAt: number) => {
        const customer = [...customers.values()].find((one) => one.customerId === customerId)
        const all = published.get(customerId) ?? []
        const envelopes = all.filter((envelope) => envelope.occurredAt > occurredAt)
        return customer === undefined ? null : { revision: customer.revision, envelopes }
      },
    },
    realtimeTokens: {
      find: async (hash: string) => tokens.get(hash) ?? null,
      news: async (sessions: readonly WatchedSession[]) => sessions.flatMap((session, index) => newsOf(session, index)),
    },
  }
  const newsOf = (session: WatchedSession, index: number): SessionNews[] => {
    const isTokenKept = tokens.has(session.tokenHash)
    const customer = customers.get(`${session.projectId}/${session.userId}`) ?? null
    const isSame = customer?.customerId === session.customerId && customer.revision <= session.revision
    return isTokenKept && isSame ? [] : [{ index, isTokenKept, customer }]
  }
  let announce: (change: CustomerChange) => void = () => undefined
  const tx = {
    customers: { findByAppUserId: read.customers.findByAppUserId },
    events: { append: async (_ref: object, change: CustomerChange) => announce(change) },
    realtimeTokens: {
      insert: async (token: RealtimeToken) => void tokens.set(token.tokenHash, token),
      deleteExpired: async () => 0,
      deleteOfUser: async (projectId: string, userId: string, deviceId: string | null) => {
        const theirs = [...tokens.values()].filter((token) => token.projectId === projectId && token.userId === userId)
        const gone = theirs.filter((token) => deviceId === null || token.deviceId === deviceId)
        for (const token of gone) tokens.delete(token.tokenHash)
        return gone.length
      },
    },
  }
  const transaction = ((work: (part: Tx) => Promise<unknown>) => work(tx as unknown as Tx)) as Ctx['transaction']
  return {
    clock,
    customers,
    tokens,
    /** Kept messages by customer. */
    published,
    /** Says who is told of the changes of use cases. */
    announceTo: (listener: (change: CustomerChange) => void) => {
      announce = listener
    },
    secrets,
    put,
    read: read as Pick<Reads, 'realtimeTokens' | 'published'> & { customers: typeof read.customers },
    ctx: { clock, transaction },
    ensureCustomer: async (projectId: string, userId: string) =>
      customers.get(`${projectId}/${userId}`) ?? put(projectId, userId, `cust_${userId}`, 1),
  }
}
