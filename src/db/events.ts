import { toldOutside } from '../core/webhooks/told-outside.ts'
import type { TxEvents } from '../usecases/ports.ts'
import type { Announce } from './announce.ts'
import { eventIdOf } from './event-id.ts'
import { type Query, statement } from './statement.ts'
import { timeOf } from './wire-values.ts'

/** Whether an event waits for the relay is decided where it is written, so that what is told to nobody costs nothing. */
const INSERT = statement(
  'events.insert',
  `insert into events (bucket, customer_id, event_id, project_id, revision, type, occurred_at, data, ordinal, waits)
   select $1::smallint, $2, $3, $4, $5::bigint, $6, $7::timestamptz, $8::jsonb, $9::smallint, t.waits
   from (select $10::text = 'always' or ($10 in ('if_asked', 'kept_if_asked')
     and exists (select from projects where project_id = $4 and tells_api_events)) as waits) t
   where t.waits or $10 <> 'kept_if_asked' on conflict do nothing`,
)

/** The outbox. `announce` is told at once and keeps the change until the commit. */
export function eventRows(query: Query, newId: () => string, announce: Announce): TxEvents {
  return {
    async append(ref, change, events) {
      announce(change, events)
      await Promise.all(
        events.map((event, ordinal) =>
          query(INSERT, [
            ref.bucket,
            ref.customerId,
            eventIdOf(ref.projectId, event, newId),
            ref.projectId,
            change.revision,
            event.type,
            timeOf(change.occurredAt),
            JSON.stringify(event.data),
            ordinal,
            toldOutside(event),
          ]),
        ),
      )
    },
  }
}
