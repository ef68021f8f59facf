/** Scope and key of a write that is done at most once. Unique in the whole project, not per customer. */
export type IdempotencyKey = { projectId: string; scope: string; key: string }
/** `fingerprint` is the whole input in one fixed form, so that a key that is used for something else is noticed. */
export type IdempotencyRecord = { fingerprint: string; answer: unknown }

export type TxIdempotency = {
  find(key: IdempotencyKey): Promise<IdempotencyRecord | null>
  /** Stores the answer; false when a parallel request stored one first. */
  insert(key: IdempotencyKey, record: IdempotencyRecord, now: number): Promise<boolean>
  /** Forgets answers that were kept before an instant, at most `limit`. Answers how many. */
  deleteOlderThan(createdAt: number, limit: number): Promise<number>
}
