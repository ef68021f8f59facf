import type { IdempotencyKey, LotsNeeded, Tx } from '../ports.ts'

/**
 * Whose wallet a write is about and what it is going to look at: told before it begins, so that the rows of many writes
 * are read together. What is not wanted here is not there for the write.
 */
export type GroupSubject = {
  projectId: string
  appUserId: string
  /** The key that the write is done at most once by; null when it has none. */
  key: IdempotencyKey | null
  lots: LotsNeeded
  wantsCurrencies?: boolean
  wantsOpenHolds?: boolean
  /** The amount above which a change needs a second person. */
  wantsThreshold?: boolean
}

/**
 * What a write that shares its database transaction with others can do: everything about the one customer of its subject,
 * and nothing that would make the others wait. A `Tx` is one too, so the same write can have a transaction of its own.
 */
export type GroupTx = {
  customers: Pick<Tx['customers'], 'lockByAppUserId' | 'update'>
  idempotency: Pick<Tx['idempotency'], 'find' | 'insert'>
  wallet: Pick<Tx['wallet'], 'load' | 'append'>
  holds: Pick<Tx['holds'], 'ofCustomer' | 'save'>
  events: Tx['events']
  catalog: Pick<Tx['catalog'], 'currencies'>
  approvals: Pick<Tx['approvals'], 'threshold'>
}
