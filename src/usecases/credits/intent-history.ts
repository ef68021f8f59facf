import { ok } from '../../core/lib/result.ts'
import { BY_RULE } from '../../core/wallet/ledger-transaction.ts'
import type { CreditIntent } from '../ports/credit-intents.ts'
import type { Credits, CreditsEntry } from '../ports/credits.ts'
import type { Ctx } from '../ports.ts'

type Reading = Pick<Ctx, 'read'>

/** A page of what operators wanted of one user, the newest first, with what became of it. Nobody asks the upstream. */
export function intentHistory(ctx: Reading): Credits['transactions'] {
  return async ({ projectId, appUserId, kind, ...page }) => {
    const isReversal = kind === null ? null : kind === 'reversal'
    const isKnownKind = kind === null || kind === 'reversal' || kind === 'admin_adjust'
    const [customer, intents] = await Promise.all([
      ctx.read.customers.findByAppUserId(projectId, appUserId),
      // One more than is shown, to know whether there is another page.
      isKnownKind
        ? ctx.read.creditIntents.history(
            { projectId, userId: appUserId },
            { ...page, isReversal, limit: page.limit + 1 },
          )
        : [],
    ])
    const entries = intents.slice(0, page.limit).map((intent) => entryOf(intent, intent.reversedBy))
    return ok({ entries, hasMore: intents.length > page.limit, revision: customer?.revision ?? 0 })
  }
}

/** One intent of a project by its id. */
export function findIntent(ctx: Reading): Credits['transaction'] {
  return async (projectId, intentId) => {
    const [intent, reversals] = await Promise.all([
      ctx.read.creditIntents.find(projectId, intentId),
      ctx.read.creditIntents.standingReversals(intentId),
    ])
    return intent === null ? null : { keptBy: 'upstream', entry: entryOf(intent, reversals[0] ?? null) }
  }
}

/** Only what was applied is a change: whoever adds up changes must not count an intent that failed. */
function entryOf(intent: CreditIntent, reversedBy: string | null): CreditsEntry {
  const { intentId, currency, amount, reason, actor, requestId, reversesIntentId, status, lastError, createdAt } =
    intent
  return {
    ...BY_RULE,
    transactionId: intentId,
    kind: reversesIntentId === null ? 'admin_adjust' : 'reversal',
    changes: status === 'applied' ? [{ currency, amount }] : [],
    reason,
    actor,
    requestId,
    reversesTransactionId: reversesIntentId,
    reversedBy,
    createdAt,
    upstream: { status, requested: { currency, amount }, lastError },
  }
}
