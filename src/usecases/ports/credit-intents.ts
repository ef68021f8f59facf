/**
 * What became of an intended change. `pending`: not known yet, or not tried yet; it may have been done. `failed`: it was
 * not done and never will be.
 */
export type IntentStatus = 'pending' | 'applied' | 'failed'

/** Where the row of an intent is: spread by the app user id, which no merge of customers changes. */
export type IntentRef = { projectId: string; userId: string; intentId: string }

/**
 * A change of a balance that another server keeps, written down before that server is asked. Its id is the key under
 * which the upstream does it at most once.
 */
export type CreditIntent = IntentRef & {
  /** The project at the upstream whose balance it changes. */
  upstreamProjectId: string
  currency: string
  amount: number
  reason: string
  actor: string
  requestId: string
  /** The caller's key; null when there was none. */
  idempotencyKey: string | null
  /** The intent that this one undoes; null for most. */
  reversesIntentId: string | null
  status: IntentStatus
  /** Times that somebody set out to send it. */
  attempts: number
  /** Whether one of the attempts may have been done without our hearing of it. */
  isUncertain: boolean
  /** Why the latest attempt gave no good answer. */
  lastError: string | null
  balanceAfter: number | null
  /** Somebody is at it until then; null when nobody is. */
  leasedUntilAt: number | null
  /** When the job looks after it next; null when it is settled, or left to people. */
  dueAt: number | null
  createdAt: number
  settledAt: number | null
}

/** Which intents are wanted; null does not narrow. Times: from `since`, before `until`. */
export type IntentPage = {
  limit: number
  /** Only those older than this intent. */
  before: string | null
  /** Only those that undo another one, or only those that do not. */
  isReversal: boolean | null
  currency: string | null
  since: number | null
  until: number | null
}

/** Unique in a project and operation, whoever the customer is. */
export type IntentKey = { projectId: string; scope: string; key: string }

export type CreditIntentReads = {
  /** An intent of a project by its id alone. */
  find(projectId: string, intentId: string): Promise<CreditIntent | null>
  /** Which intent a caller's key stands for; null when nobody has used the key. */
  byKey(key: IntentKey): Promise<CreditIntent | null>
  /** The intents that undo this one and have not failed. */
  standingReversals(intentId: string): Promise<string[]>
  /** Pending intents of an upstream project that nobody is at and whose time has come; the longest overdue first. */
  due(upstreamProjectId: string, now: number, limit: number): Promise<IntentRef[]>
  /** A page of a user's intents, the newest first. */
  history(
    owner: { projectId: string; userId: string },
    page: IntentPage,
  ): Promise<Array<CreditIntent & { reversedBy: string | null }>>
}

export type TxCreditIntents = Pick<CreditIntentReads, 'byKey' | 'standingReversals' | 'find'> & {
  /** Lets a key stand for an intent; false when it stands for one already. Waits for a parallel claim. */
  claimKey(key: IntentKey, intent: IntentRef): Promise<boolean>
  /** Lets a key stand for another intent, after the one that it stood for has failed. */
  repointKey(key: IntentKey, intent: IntentRef): Promise<void>
  insert(intent: CreditIntent): Promise<void>
  /** Locks an intent until the end of the transaction. */
  lock(ref: IntentRef): Promise<CreditIntent | null>
  /** Writes what an attempt changed of it; what was intended never changes. */
  update(intent: CreditIntent): Promise<void>
}
