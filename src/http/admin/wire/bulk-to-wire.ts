import { type Static, Type } from 'typebox'
import { type BulkGrant, bulkProgress } from '../../../core/bulk/bulk-grant.ts'
import type { BulkRow } from '../../../core/bulk/bulk-row.ts'
import { CODE_OF_REFUSAL } from '../errors.ts'
import { dryRunMark } from './dry-run.ts'

const Count = Type.Integer({ minimum: 0 })
const Time = Type.String({ format: 'date-time' })
const Text = Type.String()
const nullable = <Schema extends ReturnType<typeof Type.String> | ReturnType<typeof Type.Number>>(schema: Schema) =>
  Type.Union([schema, Type.Null()])
const Refusals = Type.Array(Type.Object({ code: Text, rows: Count }), {
  description: 'Codes as a single change is refused with, and how many rows each.',
})

const facts = {
  bulk_id: Type.String({ examples: ['bulk019a5c0d1e2f0003a1b2c3d4e5f60718'] }),
  state: Type.Union([
    Type.Literal('uploaded'),
    Type.Literal('running'),
    Type.Literal('paused'),
    Type.Literal('cancelled'),
    Type.Literal('done'),
  ]),
  name: nullable(Text),
  uploaded_by: Text,
  started_by: nullable(Text),
  created_at: Time,
  started_at: nullable(Time),
  finished_at: nullable(Time),
  rows: Count,
  sums: Type.Array(Type.Object({ currency: Text, rows: Count, granted: Count, deducted: Count })),
  preview: Type.Object(
    {
      is_done: Type.Boolean({ description: 'Whether all rows are judged.' }),
      judged: Count,
      would_be_done: Count,
      would_be_refused: Count,
      already_done: Type.Integer({ description: 'Rows among them whose key was used before, for the same change.' }),
      refusals: Refusals,
      users: Type.Integer({ description: 'User ids in the rows that are judged.' }),
      unknown_users: Count,
    },
    {
      description: 'What would come of it, by dry runs made after it was handed in. Nothing is judged after the start.',
    },
  ),
  progress: Type.Object({
    done: Count,
    refused: Count,
    remaining: Count,
    rows_per_second: nullable(Type.Number()),
    refusals: Refusals,
  }),
}

export const BulkWire = Type.Object({ ...facts, ...dryRunMark }, { description: 'The bulk grant.' })

export const OneBulkWire = Type.Object(
  {
    ...facts,
    same_content_as: nullable(Type.String({ description: 'An earlier bulk grant with the same rows.' })),
    ...dryRunMark,
  },
  { description: 'The bulk grant.' },
)

export const BulkRowWire = Type.Object({
  number: Count,
  line: Type.Integer({ description: 'Where it begins in the file; in a list, its place.' }),
  user_id: Text,
  amount: Type.Integer(),
  currency: Text,
  reason: Text,
  idempotency_key: nullable(Text),
  status: Type.Union([Type.Literal('waiting'), Type.Literal('done'), Type.Literal('refused')]),
  refusal: nullable(Type.String({ description: 'Why it was refused.' })),
  would_be_refused: nullable(Type.String({ description: 'Why it would be refused, by the preview.' })),
  transaction_id: nullable(Text),
  balance: Type.Union([Type.Integer({ description: 'Right after the change.' }), Type.Null()]),
  replayed: Type.Boolean({ description: 'Whether its own key had been used before, for the same change.' }),
  settled_at: nullable(Time),
})

/** A bulk grant as its operators see it. */
export function bulkToWire(bulk: BulkGrant): Static<typeof BulkWire> {
  const { done, refused, remaining, rowsPerSecond, wouldBeRefused } = bulkProgress(bulk)
  const { isDone, judged, replayed, users, unknownUsers } = bulk.forecast
  return {
    bulk_id: bulk.bulkId,
    state: bulk.state,
    name: bulk.name,
    uploaded_by: bulk.uploadedBy,
    started_by: bulk.startedBy,
    created_at: timeToWire(bulk.createdAt),
    started_at: bulk.startedAt === null ? null : timeToWire(bulk.startedAt),
    finished_at: bulk.finishedAt === null ? null : timeToWire(bulk.finishedAt),
    rows: bulk.rows,
    sums: bulk.sums.map(({ currency, rows, granted, deducted }) => ({ currency, rows, granted, deducted })),
    preview: {
      is_done: isDone,
      judged,
      would_be_done: judged - wouldBeRefused,
      would_be_refused: wouldBeRefused,
      already_done: replayed,
      refusals: refusalsToWire(bulk.forecast.refusals),
      users,
      unknown_users: unknownUsers,
    },
    progress: { done, refused, remaining, rows_per_second: rowsPerSecond, refusals: refusalsToWire(bulk.refusals) },
  }
}

/** A row with what came of it. */
export function bulkRowToWire(row: BulkRow): Static<typeof BulkRowWire> {
  return {
    number: row.number,
    line: row.line,
    user_id: row.userId,
    amount: row.amount,
    currency: row.currency,
    reason: row.reason,
    idempotency_key: row.idempotencyKey,
    status: row.state,
    refusal: row.refusal === null ? null : refusalToWire(row.refusal),
    would_be_refused: row.forecast === null ? null : refusalToWire(row.forecast),
    transaction_id: row.transactionId,
    balance: row.balance,
    replayed: row.replayed,
    settled_at: row.settledAt === null ? null : timeToWire(row.settledAt),
  }
}

/** The code of a refusal as this surface answers it to a single change. */
export function refusalToWire(refusal: string): string {
  return Object.entries(CODE_OF_REFUSAL).find(([code]) => code === refusal)?.[1] ?? refusal
}

function refusalsToWire(refusals: Readonly<Record<string, number>>): Array<{ code: string; rows: number }> {
  return Object.entries(refusals).map(([code, rows]) => ({ code: refusalToWire(code), rows }))
}

function timeToWire(at: number): string {
  return new Date(at).toISOString()
}
