import type { PublishedEnvelope } from '../core/events/published-envelope.ts'
import { bucketOf } from '../core/lib/bucket.ts'
import type { PublishedReads, TxPublished } from '../usecases/ports/published.ts'
import { type Query, statement } from './statement.ts'
import { timeOf } from './wire-values.ts'

type EnvelopeRow = {
  envelope_id: string
  topic_suffix: string
  event: string
  revision: number
  data: PublishedEnvelope['data']
  occurred_at: number
}

/** One row for each message, or one without a message. */
type ViewRow = { customer_revision: number } & (EnvelopeRow | { envelope_id: null })

const SINCE = statement(
  'published_envelopes.since',
  `select c.revision as customer_revision, e.envelope_id, e.topic_suffix, e.event, e.revision, e.data, e.occurred_at
   from customers c left join published_envelopes e
     on e.bucket = c.bucket and e.customer_id = c.customer_id and e.occurred_at > $3
   where c.bucket = $1 and c.customer_id = $2 order by e.revision`,
)
const COUNT_OTHERS = statement(
  'published_envelopes.count_others',
  `select count(*) as count from published_envelopes
   where bucket = $1 and customer_id = $2 and (topic_suffix, event) <> ($3, $4)`,
)
const SAVE = statement(
  'published_envelopes.save',
  `insert into published_envelopes
     (bucket, customer_id, topic_suffix, event, envelope_id, revision, data, occurred_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8)
   on conflict (bucket, customer_id, topic_suffix, event) do update set envelope_id = excluded.envelope_id,
     revision = excluded.revision, data = excluded.data, occurred_at = excluded.occurred_at`,
)
const DELETE_OF_CUSTOMER = statement(
  'published_envelopes.delete_of_customer',
  'delete from published_envelopes where bucket = $1 and customer_id = $2 and occurred_at < $3',
)
const TAKE_ALL = statement(
  'published_envelopes.take_all',
  `delete from published_envelopes where bucket = $1 and customer_id = $2
   returning topic_suffix, event, envelope_id, data::text as data, occurred_at`,
)
const ADD = statement(
  'published_envelopes.add',
  `insert into published_envelopes
     (bucket, customer_id, revision, topic_suffix, event, envelope_id, data, occurred_at)
   select $1, $2, $3, t.topic_suffix, t.event, t.envelope_id, t.data::json, t.occurred_at
   from unnest($4::text[], $5::text[], $6::text[], $7::text[], $8::timestamptz[])
     as t (topic_suffix, event, envelope_id, data, occurred_at)
   on conflict (bucket, customer_id, topic_suffix, event) do update set envelope_id = excluded.envelope_id,
     revision = excluded.revision, data = excluded.data, occurred_at = excluded.occurred_at
   where excluded.occurred_at > published_envelopes.occurred_at`,
)
const DELETE_BEFORE = statement(
  'published_envelopes.delete_before',
  `delete from published_envelopes where (bucket, customer_id, topic_suffix, event) in (
     select bucket, customer_id, topic_suffix, event from published_envelopes
     where occurred_at < $1 order by occurred_at limit $2 for update skip locked) returning 1`,
)

export function publishedReads(query: Query): PublishedReads {
  return {
    async since(projectId, customerId, occurredAt) {
      const values = [bucketOf(projectId, customerId), customerId, timeOf(occurredAt)]
      const rows = await query<ViewRow>(SINCE, values)
      const [first] = rows
      if (first === undefined) return null
      const envelopes = rows.flatMap((row) => (row.envelope_id === null ? [] : [envelopeFromRow(row)]))
      return { revision: first.customer_revision, envelopes }
    },
  }
}

export function publishedRows(query: Query): TxPublished {
  return {
    async countOtherKinds({ bucket, customerId }, { topicSuffix, event }) {
      const [row] = await query<{ count: number }>(COUNT_OTHERS, [bucket, customerId, topicSuffix, event])
      return row?.count ?? 0
    },
    async save({ bucket, customerId }, { topicSuffix, event, envelopeId, revision, data, occurredAt }) {
      const text = data === null ? null : JSON.stringify(data)
      await query(SAVE, [bucket, customerId, topicSuffix, event, envelopeId, revision, text, timeOf(occurredAt)])
    },
    async deleteOfCustomerBefore({ bucket, customerId }, occurredAt) {
      await query(DELETE_OF_CUSTOMER, [bucket, customerId, timeOf(occurredAt)])
    },
    async move(from, to, revision) {
      const taken = await query<EnvelopeRow & { data: string | null }>(TAKE_ALL, [from.bucket, from.customerId])
      if (taken.length === 0) return 0
      await query(ADD, [
        to.bucket,
        to.customerId,
        revision,
        taken.map((row) => row.topic_suffix),
        taken.map((row) => row.event),
        taken.map((row) => row.envelope_id),
        taken.map((row) => row.data),
        taken.map((row) => timeOf(row.occurred_at)),
      ])
      return taken.length
    },
    async deleteBefore(occurredAt, limit) {
      return (await query(DELETE_BEFORE, [timeOf(occurredAt), limit])).length
    },
  }
}

function envelopeFromRow(row: EnvelopeRow): PublishedEnvelope {
  return {
    envelopeId: row.envelope_id,
    topicSuffix: row.topic_suffix,
    event: row.event,
    revision: row.revision,
    data: row.data,
    occurredAt: row.occurred_at,
  }
}
