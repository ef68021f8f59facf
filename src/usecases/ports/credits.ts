import type { Catalog } from '../../core/catalog/catalog.ts'
import type { Result } from '../../core/lib/result.ts'
import type { MakeAdjust } from '../operators/adjust-as-operator.ts'
import type { HistoryEntry, HistoryPage, RecordedTransaction } from '../ports.ts'
import type { Balance } from '../wallet/list-balances.ts'
import type { ReverseInput, ReverseOutcome, ReverseRefusal } from '../wallet/reverse-transaction.ts'
import type { IntentStatus } from './credit-intents.ts'

/** The upstream gave no answer to a question; nothing was to be changed. */
export type UpstreamUnreadable = { code: 'upstream_unreadable'; type: string }

/** The upstream did not confirm a change. `pending`: it may have been done, and is tried on. `failed`: it was not done. */
export type UpstreamFailed = {
  code: 'upstream_failed'
  type: string
  outcome: 'pending' | 'failed'
  /** Null when it was not even written down. */
  intentId: string | null
}

/** What can refuse a change that another server makes. */
export type UpstreamRefusal =
  | UpstreamUnreadable
  | UpstreamFailed
  /** The upstream judged the change and refused it, for a reason that is none of ours. */
  | { code: 'upstream_refused'; message: string }
  /** Another process is at the same change right now. */
  | { code: 'intent_in_progress' }
  | { code: 'not_available_in_upstream_mode' }
  | { code: 'customer_not_found' }
  | { code: 'currency_unknown'; currency: string }
  | { code: 'already_reversed'; by: string }
  /** The upstream does not say how much there is. */
  | { code: 'insufficient_balance'; currency: string; requested: number }

/** An entry of the audit. Where an upstream keeps the balances, it says what became of it. */
export type CreditsEntry = HistoryEntry & {
  upstream?: { status: IntentStatus; requested: { currency: string; amount: number }; lastError: string | null }
}

export type CreditsHistory = { entries: CreditsEntry[]; hasMore: boolean; revision: number }

/**
 * The credits of a project as operators see and change them, wherever the balances are kept: in the own ledger, or on
 * another server.
 */
export type Credits = {
  /** Holds, lots and postings exist in the own ledger only. */
  keptBy: 'ledger' | 'upstream'
  catalog(projectId: string): Promise<Result<Pick<Catalog, 'currencies' | 'products'>, UpstreamUnreadable>>
  balances(input: {
    projectId: string
    appUserId: string
    includeEmpty: boolean
  }): Promise<Result<{ balances: Balance[]; revision: number }, { code: 'customer_not_found' } | UpstreamUnreadable>>
  adjust: MakeAdjust<UpstreamRefusal>
  reverse(input: ReverseInput): Promise<Result<ReverseOutcome, ReverseRefusal | UpstreamRefusal>>
  /** Changes that only tell what they would do. */
  dryRun: Pick<Credits, 'adjust' | 'reverse'>
  transactions(
    input: HistoryPage & { projectId: string; appUserId: string },
  ): Promise<Result<CreditsHistory, { code: 'customer_not_found' }>>
  /** One entry with what undid it; null when the project has none with this id. */
  transaction(projectId: string, transactionId: string): Promise<RecordedEntry | null>
}

/** A ledger transaction with all that it did; an upstream shows no more of a change than the list does. */
export type RecordedEntry =
  | { keptBy: 'ledger'; transaction: RecordedTransaction; reversedBy: string | null }
  | { keptBy: 'upstream'; entry: CreditsEntry }
