import type { ChainKey } from '../../core/incoming/envelope.ts'

/**
 * `pending`: not looked at yet, or to be tried again. `applied`: what follows from it was done. `ignored`: nothing follows
 * from it. `parked`: something must be mended first; it is kept, and blocks nobody.
 */
export type IncomingStatus = 'pending' | 'applied' | 'ignored' | 'parked'

/** An event of a hosted RevenueCat as it was stored. */
export type IncomingEvent = {
  projectId: string
  eventId: string
  type: string
  toldAt: number
  receivedAt: number
  appUserId: string | null
  chain: ChainKey | null
  /** The whole body of the call. */
  body: unknown
  status: IncomingStatus
  /** Failed attempts to apply it. */
  attempts: number
}

/** A stored event in a list for people. */
export type IncomingSummary = Omit<IncomingEvent, 'body' | 'chain'> & { outcome: string | null; problem: string | null }

export type NewIncomingEvent = Omit<IncomingEvent, 'body' | 'status' | 'attempts'> & {
  /** The bytes that were received, as text. */
  bodyText: string
  transferredFrom: readonly string[] | null
}

/** What became of an event. `outcome` is a short code, `problem` words for people. */
export type IncomingVerdict = {
  status: IncomingStatus
  outcome: string
  problem: string | null
  attempts: number
  /** When to try again; null when nothing is to be done. */
  dueAt: number | null
}

export type IncomingRef = { projectId: string; eventId: string }

export type IncomingReads = {
  /** Events that wait to be applied, the longest overdue first. */
  due(now: number, limit: number): Promise<IncomingEvent[]>
  /** The newest events in a state. */
  inStatus(projectId: string, status: IncomingStatus, limit: number): Promise<IncomingSummary[]>
}

export type TxIncoming = {
  /** Stores an event under its id; false when it is there already. */
  insert(event: NewIncomingEvent): Promise<boolean>
  /** All events of one chain, locked, so that whoever settles the chain next waits and sees what was done. */
  lockChain(projectId: string, key: ChainKey): Promise<IncomingEvent[]>
  /** Transfers away from a customer with any of these names. */
  transfersFrom(projectId: string, names: readonly string[]): Promise<IncomingEvent[]>
  settle(ref: IncomingRef, verdict: IncomingVerdict, now: number): Promise<void>
  /** Makes events due again: those that are named, or all parked ones. Answers how many. */
  reopen(projectId: string, eventIds: readonly string[] | null, now: number): Promise<number>
}
