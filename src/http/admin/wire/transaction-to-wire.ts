import { type Static, Type } from 'typebox'
import type { CreditsEntry } from '../../../usecases/ports/credits.ts'
import type { RecordedTransaction } from '../../../usecases/ports.ts'
import { TransactionIdWire } from './transaction-id.ts'
import { UpstreamWire, upstreamToWire } from './upstream-to-wire.ts'

const nullable = <Schema extends ReturnType<typeof Type.String>>(schema: Schema) => Type.Union([schema, Type.Null()])
const Amount = Type.Integer()

const facts = {
  transaction_id: TransactionIdWire,
  kind: Type.String({ description: 'Why it was written; see docs/wallet.md.', examples: ['admin_adjust'] }),
  changes: Type.Array(Type.Object({ currency: Type.String(), amount: Amount }), {
    description: 'By how much each balance changed. One that did not change is not listed.',
  }),
  reason: nullable(Type.String()),
  actor: Type.String({ description: 'Who did it; `system` for what follows from rules.' }),
  request_id: nullable(Type.String()),
  purchase_id: nullable(Type.String()),
  store_transaction_id: nullable(Type.String()),
  reverses_transaction_id: nullable(Type.String({ description: 'The transaction that this one undoes.' })),
  reversed_by: nullable(Type.String({ description: 'The transaction that undid this one.' })),
  operation_id: nullable(Type.String({ description: 'The hold or the transfer that it is a step of.' })),
  created_at: Type.String({ format: 'date-time' }),
  upstream: Type.Optional(UpstreamWire),
}

export const HistoryEntryWire = Type.Object(facts)

export const TransactionWire = Type.Object(
  {
    ...facts,
    postings: Type.Array(Type.Object({ account: Type.String(), currency: Type.String(), amount: Amount }), {
      description: 'They sum to zero, currency by currency.',
    }),
    new_lots: Type.Array(
      Type.Object({
        lot_id: Type.String(),
        currency: Type.String(),
        granted: Amount,
        remaining: Type.Integer({ description: 'Now.' }),
        source: Type.String(),
        expires_at: nullable(Type.String({ format: 'date-time' })),
      }),
    ),
    draws: Type.Array(Type.Object({ lot_id: Type.String(), currency: Type.String(), amount: Amount }), {
      description: 'What was taken out of which lot; negative is what was put back.',
    }),
  },
  { description: 'The transaction with everything that it did.' },
)

/** What a transaction has not, whose balance another server keeps. */
export const NO_LEDGER = { postings: [], new_lots: [], draws: [] }

/** A ledger transaction in a list. */
export function historyEntryToWire(entry: CreditsEntry): Static<typeof HistoryEntryWire> {
  return {
    transaction_id: entry.transactionId,
    kind: entry.kind,
    changes: entry.changes.map(({ currency, amount }) => ({ currency, amount })),
    reason: entry.reason,
    actor: entry.actor,
    request_id: entry.requestId,
    purchase_id: entry.purchaseId,
    store_transaction_id: entry.storeTransactionId,
    reverses_transaction_id: entry.reversesTransactionId,
    reversed_by: entry.reversedBy,
    operation_id: entry.operationId,
    created_at: new Date(entry.createdAt).toISOString(),
    ...(entry.upstream && { upstream: upstreamToWire(entry.upstream) }),
  }
}

/** A ledger transaction with its postings, lots and draws. */
export function transactionToWire(
  transaction: RecordedTransaction,
  reversedBy: string | null,
): Static<typeof TransactionWire> {
  const postings = transaction.changes.flatMap((change) => change.postings)
  const changes = transaction.changes.flatMap(({ currency, postings: own }) => {
    const amount = own.reduce((sum, posting) => (posting.account === 'wallet' ? sum + posting.amount : sum), 0)
    return amount === 0 ? [] : [{ currency, amount }]
  })
  return {
    ...historyEntryToWire({ ...transaction, changes, reversedBy }),
    postings: postings.map(({ account, currency, amount }) => ({ account, currency, amount })),
    new_lots: transaction.changes
      .flatMap((change) => change.newLots)
      .map(({ lotId, currency, granted, remaining, source, expiresAt }) => ({
        lot_id: lotId,
        currency,
        granted,
        remaining,
        source,
        expires_at: expiresAt === null ? null : new Date(expiresAt).toISOString(),
      })),
    draws: transaction.changes
      .flatMap((change) => change.draws)
      .map(({ lotId, lot, amount }) => ({ lot_id: lotId, currency: lot.currency, amount })),
  }
}
