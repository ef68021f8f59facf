import type { BulkGrant, CurrencySum } from '../../core/bulk/bulk-grant.ts'
import type { RowOrder } from '../../core/bulk/bulk-row.ts'
import { FAULTS_SHOWN_MAX, type FileFault } from '../../core/bulk/file-fault.ts'
import { NO_FORECAST } from '../../core/bulk/forecast.ts'
import type { ParsedRow } from '../../core/bulk/parse-file.ts'
import { bucketOf } from '../../core/lib/bucket.ts'
import { ok, type Result, refuse } from '../../core/lib/result.ts'
import type { Ctx } from '../ports.ts'

/** Rows of one file: what a worker does in minutes. More is better handed in as several files. */
const BULK_ROWS_MAX = 100_000

/** Rows written by one statement: few enough to hold beside the file. */
const CHUNK = 1_000

export type UploadInput = {
  projectId: string
  name: string | null
  actor: string
  /** Reads the file from its beginning, as often as it is called: once to judge it, and once to keep it. */
  open(): AsyncIterable<ParsedRow> | Iterable<ParsedRow>
}

/** The faults of a file, the first ones; `isCut` says that there may be more. */
export type UploadRefusal = { code: 'file_invalid'; faults: readonly FileFault[]; isCut: boolean }

/** `sameAs` is an earlier bulk grant with the same rows. */
export type Uploaded = { bulk: BulkGrant; sameAs: string | null }

type FileFacts = { rows: number; sums: CurrencySum[]; contentHash: string }

/**
 * Keeps a file whose every row is well formed, or says what is wrong with it and keeps nothing. Nothing is granted: a
 * worker makes the forecast, and somebody has to start it.
 */
export async function uploadBulk(ctx: Ctx, input: UploadInput): Promise<Result<Uploaded, UploadRefusal>> {
  const judged = await judgeFile(ctx, input)
  if (!judged.ok) return judged
  const bulk = newBulk(ctx, input, judged.value)
  const kept = await ctx.transaction<BulkGrant, never>(async (tx) => {
    await tx.bulk.insert(bulk)
    let first = 1
    for await (const rows of chunksOf(input)) {
      await tx.bulk.insertRows(bulk, first, rows)
      first += rows.length
    }
    return ok(bulk)
  })
  if (!kept.ok) return kept
  return ok({ bulk, sameAs: await ctx.read.bulk.sameContent(bulk) })
}

async function judgeFile(ctx: Ctx, input: UploadInput): Promise<Result<FileFacts, UploadRefusal>> {
  const faults: FileFault[] = []
  const sums = new Map<string, CurrencySum>()
  let rows = 0
  let contentHash = ''
  let chunk: RowOrder[] = []
  const hashChunk = () => {
    contentHash = ctx.hash(contentHash + JSON.stringify(chunk))
    chunk = []
  }
  for await (const row of input.open()) {
    if (row.ok) {
      rows += 1
      addTo(sums, row.value)
      chunk.push(row.value)
      if (chunk.length === CHUNK) hashChunk()
    } else faults.push(row.refusal)
    if (rows > BULK_ROWS_MAX) faults.push(tooLong(row.ok ? row.value.line : 0))
    if (rows > BULK_ROWS_MAX || faults.length === FAULTS_SHOWN_MAX) break
  }
  hashChunk()
  if (rows === 0 && faults.length === 0) faults.push({ line: 1, column: null, problem: 'there is no row' })
  if (faults.length > 0) {
    return refuse({ code: 'file_invalid', faults, isCut: rows > BULK_ROWS_MAX || faults.length === FAULTS_SHOWN_MAX })
  }
  return ok({ rows, sums: [...sums.values()], contentHash })
}

async function* chunksOf({ open }: UploadInput): AsyncGenerator<RowOrder[]> {
  let chunk: RowOrder[] = []
  for await (const row of open()) {
    if (!row.ok) throw new Error('broken invariant: a file reads the same twice')
    chunk.push(row.value)
    if (chunk.length < CHUNK) continue
    yield chunk
    chunk = []
  }
  if (chunk.length > 0) yield chunk
}

function newBulk(ctx: Ctx, { projectId, name, actor }: UploadInput, facts: FileFacts): BulkGrant {
  const bulkId = ctx.ids.next('bulk')
  const now = ctx.clock.now()
  return {
    ...facts,
    projectId,
    bucket: bucketOf(projectId, bulkId),
    bulkId,
    state: 'uploaded',
    name,
    uploadedBy: actor,
    startedBy: null,
    forecast: NO_FORECAST,
    done: 0,
    refused: 0,
    refusals: {},
    workedMs: 0,
    lease: 0,
    leasedUntil: null,
    dueAt: now,
    createdAt: now,
    startedAt: null,
    finishedAt: null,
  }
}

function addTo(sums: Map<string, CurrencySum>, { currency, amount }: RowOrder): void {
  const sum = sums.get(currency) ?? { currency, rows: 0, granted: 0, deducted: 0 }
  sum.rows += 1
  if (amount > 0) sum.granted += amount
  else sum.deducted -= amount
  sums.set(currency, sum)
}

function tooLong(line: number): FileFault {
  return { line, column: null, problem: `there are more than ${BULK_ROWS_MAX} rows; hand them in as several files` }
}
