import { erased } from './audit-deletions.ts'
import type { LedgerRows } from './ledger-rows.ts'
import type { Replay } from './replay-ledger.ts'
import type { Run } from './simulation.ts'

/** Kinds of transactions that the outbox tells of, each once. */
const TOLD = new Set(['purchase_grant', 'admin_adjust', 'expire', 'reversal', 'refund', 'refund_reversal', 'hold'])

/** Revisions count the changes of a customer without a gap, the outbox has them, and answers name them. */
export function auditRevisions(run: Run, rows: LedgerRows, replay: Replay): string[] {
  return [...auditOutbox(rows), ...auditAnswered(run, rows, replay), ...auditGaps(run, rows)]
}

function auditOutbox(rows: LedgerRows): string[] {
  const { events, transactions, customers } = rows
  const gone = erased(rows)
  const revisions = new Map(customers.map((row) => [row.customer_id, row.revision]))
  const told = Map.groupBy(
    events.filter(({ type }) => type === 'VIRTUAL_CURRENCY_TRANSACTION'),
    (row) => row.transaction_id,
  )
  return [
    ...events
      .filter(({ customer_id, revision }) => revision > (revisions.get(customer_id) ?? 0))
      .map(
        ({ customer_id, revision }) => `the outbox tells of revision ${revision} of ${customer_id}, which is to come`,
      ),
    ...transactions
      .filter(({ customer_id }) => !gone.has(customer_id))
      .filter(({ kind, transaction_id }) => TOLD.has(kind) && told.get(transaction_id)?.length !== 1)
      .map(({ kind, transaction_id }) => `the outbox does not tell of ${kind} ${transaction_id} once`),
  ]
}

/** Each answer's revision is its own, grows along the ledger, and is the one under which the outbox tells of it. */
function auditAnswered({ journal }: Run, { events, customers }: LedgerRows, replay: Replay): string[] {
  const faults: string[] = []
  const told = new Map(events.map((row) => [row.transaction_id, row.revision]))
  const current = new Map(customers.map((row) => [row.customer_id, row.revision]))
  const entries = journal.attempts.flatMap(({ answer, requestId }) => {
    if (answer.kind !== 'acknowledged' || answer.effect.revision === null) return []
    const { revision, transactionId } = answer.effect
    const place = replay.places.get(transactionId ?? '')
    return place === undefined ? [] : [{ requestId, revision, place }]
  })
  for (const { requestId, revision, place } of entries) {
    const event = told.get(place.row.transaction_id)
    if (event !== undefined && event !== revision)
      faults.push(`${requestId} says revision ${revision}, the outbox ${event}`)
    if (revision > (current.get(place.customerId) ?? 0))
      faults.push(`${requestId} says revision ${revision}, which is lost`)
  }
  for (const ledger of Map.groupBy(entries, ({ place }) => place.customerId).values()) {
    const sorted = ledger.toSorted((one, other) => one.place.sequence - other.place.sequence)
    for (const [index, { requestId, revision }] of sorted.entries()) {
      const before = sorted[index - 1]?.revision ?? 0
      if (revision <= before) faults.push(`${requestId} says revision ${revision} after ${before}`)
    }
  }
  return faults
}

/**
 * Every revision was announced, once. What is missing was committed by somebody who was gone before it could be said; a
 * merge goes on with the higher of two revisions, and the one who is merged away is not told of.
 */
function auditGaps({ changes, faults, plan }: Run, { customers, events }: LedgerRows): string[] {
  const announced = Map.groupBy(changes, ({ customerId }) => customerId)
  return customers.flatMap(({ customer_id: id, revision, merged_into_id, erased_at }) => {
    const given = (announced.get(id) ?? []).map((change) => change.revision)
    const isTwice = new Set(given).size !== given.length
    const merges = events.filter((row) => row.customer_id === id && row.type === 'CUSTOMER_MERGED')
    if (isTwice) return [`a revision of ${id} was given twice: ${given.join(' ')}`]
    if (merges.length > 0) return []
    const last = merged_into_id === null ? revision : revision - (erased_at === null ? 1 : 2)
    const missing = last - 1 - given.filter((one) => one <= last).length
    // One commit may be of several requests, but of no more than there are clients: each has one on its way.
    const isExplained = missing >= 0 && missing <= faults.commitsUnheard * plan.clients.length
    return isExplained
      ? []
      : [`${missing} revisions of ${id} are missing, and ${faults.commitsUnheard} commits unheard`]
  })
}
