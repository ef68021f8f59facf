import type { TxEvents } from '../usecases/ports.ts'
import type { Announce } from './announce.ts'
import { type Query, statement } from './statement.ts'
import { timeOf } from './wire-values.ts'

const INSERT = statement(
  'events.insert',
  `insert into events (bucket, customer_id, event_id, project_id, revision, type, occurred_at, data)
   values ($1, $2, $3, $4, $5, $6, $7, $8)`,
)

/** The outbox. `announce` is told at once and keeps the change until the commit. */
export function eventRows(query: Query, newId: () => string, announce: Announce): TxEvents {
  return {
    async append(ref, change, events) {
      announce(change, events)
      await Promise.all(
        events.map((event) =>
          query(INSERT, [
            ref.bucket,
            ref.customerId,
            newId(),
            ref.projectId,
            change.revision,
            event.type,
            timeOf(change.occurredAt),
            JSON.stringify(event.data),
          ]),
        ),
      )
    },
  }
}
