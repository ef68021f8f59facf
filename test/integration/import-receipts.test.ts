import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { refuse } from '../../src/core/lib/result.ts'
import type { FileRow } from '../../src/core/receipt-import/receipt-row.ts'
import type { RowOutcome } from '../../src/core/receipt-import/report-line.ts'
import { statement } from '../../src/db/statement.ts'
import type { Ctx, StoreAdapter } from '../../src/usecases/ports.ts'
import { importReceipts } from '../../src/usecases/receipt-import/import-receipts.ts'
import { onlyFailed, ReportMismatch, withoutReported } from '../../src/usecases/receipt-import/resume-rows.ts'
import { fingerprintOf } from '../../src/usecases/receipt-import/row-outcome.ts'
import type { RowPlace } from '../../src/usecases/receipt-import/row-place.ts'
import { tryReceipts } from '../../src/usecases/receipt-import/try-receipts.ts'
import { balanceOf, buy, newToken } from '../support/demo.ts'
import { newShopPerStory } from '../support/story.ts'

/** Guarantee: an import does what posting each receipt would do, in any order, once; and what it could not do, it says. */
const shop = newShopPerStory()

const COUNTS = statement(
  'test.import_counts',
  'select (select count(*)::int from purchases) as purchases, (select count(*)::int from customers) as customers',
)
const counts = async () => (await shop.database.query<{ purchases: number; customers: number }>(COUNTS, []))[0]

const rowsOf = (...rows: Array<FileRow['fields']>): FileRow[] =>
  rows.map((fields, index) => ({ row: index + 1, fields, problem: null }))
const bought = (appUserId: string, productId = 'credits_500', token = newToken(shop)) => ({
  app_user_id: appUserId,
  fetch_token: token,
  product_id: productId,
})
const place = (): RowPlace => ({
  project: shop.demo.project,
  apps: [shop.demo.app],
  chosen: null,
  createsEvents: false,
})

async function* listed<Value>(values: readonly Value[]): AsyncGenerator<Value> {
  yield* values
}

async function allOf<Value>(values: AsyncIterable<Value>): Promise<Value[]> {
  const all: Value[] = []
  for await (const value of values) all.push(value)
  return all
}

type Run = { ctx?: Ctx; parallel?: number; perSecond?: number; signal?: AbortSignal; report?: RowOutcome[] }

/** Imports with a clock that moves when the import waits. */
async function run(
  rows: AsyncIterable<FileRow>,
  { ctx = shop.ctx, parallel = 4, perSecond = 1_000, ...more }: Run = {},
) {
  const report = more.report ?? []
  const end = await importReceipts(ctx, { ...place(), parallel, perSecond }, rows, {
    async pause(ms) {
      shop.clock.advance(ms)
    },
    async report(outcomes) {
      report.push(...outcomes)
    },
    signal: more.signal ?? new AbortController().signal,
  })
  return { end, report }
}

/** The Test Store, but for some receipts nobody answers for a while. */
function ctxWhere(isSilent: (fetchToken: string, asked: number) => boolean): Ctx {
  const asked = new Map<string, number>()
  const stores: Ctx['stores'] = (store) => {
    const adapter = shop.ctx.stores(store)
    if (adapter === null) return null
    const verify: StoreAdapter['verify'] = async (question) => {
      const times = (asked.get(question.fetchToken) ?? 0) + 1
      asked.set(question.fetchToken, times)
      if (isSilent(question.fetchToken, times)) return refuse({ code: 'store_unavailable', problem: 'busy' })
      return adapter.verify(question)
    }
    return { ...adapter, verify }
  }
  return { ...shop.ctx, stores }
}

test('every row has its outcome, in the order of the file, and only right ones leave something behind', async () => {
  const token = newToken(shop)
  const { end, report } = await run(
    listed(
      rowsOf(
        bought('anna'),
        { app_user_id: 'bert' },
        bought('anna', 'nothing'),
        bought('carl', 'credits_500', 'no token'),
        bought('dora', 'pro_monthly', token),
        bought('dora', 'pro_monthly', token),
        { ...bought('emil'), store: 'play_store' },
      ),
    ),
  )
  expect(end).toBe('done')
  expect(report.map(({ row, outcome, code }) => [row, outcome, code])).toEqual([
    [1, 'imported', ''],
    [2, 'refused', 'row_invalid'],
    [3, 'refused', 'product_unknown'],
    [4, 'refused', 'receipt_invalid'],
    [5, 'imported', ''],
    [6, 'imported', ''],
    [7, 'refused', 'app_unknown'],
  ])
  expect(await counts()).toEqual({ purchases: 2, customers: 2 })
  expect(await balanceOf(shop.ctx, shop.demo.projectId, 'anna')).toBe(500)
  expect(await balanceOf(shop.ctx, shop.demo.projectId, 'dora')).toBe(500)
})

test('a Test Store token of long ago is refused: that store takes the word of an app, and an old file is nobody', async () => {
  const old = `test_${shop.clock.now() - 40 * 86_400_000}_${randomUUID()}`
  const { report } = await run(listed(rowsOf(bought('anna', 'pro_monthly', old))))
  expect(report).toMatchObject([{ outcome: 'refused', code: 'receipt_invalid' }])
})

test('rows of one receipt are done in the order of the file, however many are done at once', async () => {
  const token = newToken(shop)
  const users = ['anna', 'bert', 'carl', 'dora', 'emil', 'fritz']
  await run(listed(rowsOf(...users.map((user) => bought(user, 'pro_monthly', token)))), { parallel: 6 })
  const customer = await shop.ctx.read.customers.findByAppUserId(shop.demo.projectId, 'fritz')
  if (customer === null) throw new Error('the customer was not created')
  expect(await shop.ctx.read.purchases.ofCustomer(customer)).toHaveLength(1)
})

test('a store that does not answer at once is asked again', async () => {
  const startedAt = shop.clock.now()
  const { report } = await run(listed(rowsOf(bought('anna'))), { ctx: ctxWhere((_token, asked) => asked <= 3) })
  expect(report).toMatchObject([{ outcome: 'imported' }])
  expect(shop.clock.now() - startedAt).toBeGreaterThanOrEqual(31_000)
})

test('a receipt that the store stays silent about has failed; it can be tried again, alone', async () => {
  const rows = rowsOf(bought('anna'), bought('bert'), bought('carl'))
  const lost = rows[1]?.fields.fetch_token
  const first = await run(listed(rows), { ctx: ctxWhere((token) => token === lost) })
  expect(first.report.map(({ outcome, code }) => [outcome, code])).toEqual([
    ['imported', ''],
    ['failed', 'store_unavailable'],
    ['imported', ''],
  ])
  const again = onlyFailed(listed(rows), { reported: listed(first.report), fingerprintOf: fingerprint })
  const second = await run(again)
  expect(second.report).toMatchObject([{ row: 2, outcome: 'imported' }])
  expect(await counts()).toEqual({ purchases: 3, customers: 3 })
})

test('an import ends by itself when the store stays silent, rather than calling the whole file a failure', async () => {
  const rows = rowsOf(...Array.from({ length: 200 }, (_, index) => bought(`user-${index}`)))
  const { end, report } = await run(listed(rows), { ctx: ctxWhere(() => true) })
  expect(end).toBe('silent')
  expect(report.length).toBeGreaterThanOrEqual(20)
  expect(report.length).toBeLessThan(40)
})

test('no more receipts a second than was said', async () => {
  const startedAt = shop.clock.now()
  const rows = rowsOf(...Array.from({ length: 21 }, (_, index) => bought(`user-${index}`)))
  await run(listed(rows), { perSecond: 10 })
  expect(shop.clock.now() - startedAt).toBeGreaterThanOrEqual(2_000)
})

const fingerprint = (row: FileRow) => fingerprintOf(shop.ctx, place(), row)

test('what was reported before a death is not done again, and the rest is done once', async () => {
  const rows = rowsOf(...Array.from({ length: 40 }, (_, index) => bought(`user-${index % 7}`)))
  const kept: RowOutcome[] = []
  const dying = Object.assign([] as RowOutcome[], {
    push: (...outcomes: RowOutcome[]) => {
      if (kept.length >= 15) throw new Error('killed')
      return kept.push(...outcomes)
    },
  })
  await expect(run(listed(rows), { report: dying })).rejects.toThrow('killed')
  expect(kept.length).toBeLessThan(40)

  const verified: string[] = []
  const ctx = ctxWhere((token) => {
    verified.push(token)
    return false
  })
  const seen: number[] = []
  const rest = withoutReported(
    listed(rows),
    { reported: listed(kept), fingerprintOf: fingerprint },
    ({ row }) => void seen.push(row),
  )
  const { report } = await run(rest, { ctx })
  expect(seen).toEqual(kept.map(({ row }) => row))
  expect([...kept, ...report].map(({ row, outcome }) => [row, outcome])).toEqual(
    rows.map(({ row }) => [row, 'imported']),
  )
  expect(verified).toHaveLength(new Set(verified).size)
  expect(await counts()).toEqual({ purchases: 40, customers: 7 })
})

test('a failure of the database ends the import before the row that it met, and nothing after it is called done', async () => {
  const rows = rowsOf(...Array.from({ length: 30 }, (_, index) => bought(`user-${index}`)))
  const stores: Ctx['stores'] = (store) => {
    const adapter = shop.ctx.stores(store)
    return adapter === null
      ? null
      : {
          ...adapter,
          async verify(question) {
            if (question.fetchToken === rows[9]?.fields.fetch_token) throw new Error('the connection was lost')
            return adapter.verify(question)
          },
        }
  }
  const report: RowOutcome[] = []
  await expect(run(listed(rows), { ctx: { ...shop.ctx, stores }, report })).rejects.toThrow('the connection was lost')
  expect(report.map(({ row }) => row)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
})

test('who wants to stop an import gets the rows under way to their end, and no others', async () => {
  const stopping = new AbortController()
  const rows = rowsOf(...Array.from({ length: 30 }, (_, index) => bought(`user-${index}`)))
  async function* stoppingAtTen() {
    for (const row of rows) {
      if (row.row === 10) stopping.abort()
      yield row
    }
  }
  const { end, report } = await run(stoppingAtTen(), { signal: stopping.signal })
  expect(end).toBe('stopped')
  expect(report).toHaveLength(9)
  expect(await counts()).toMatchObject({ purchases: 9 })
})

test('a report of another file, of other rows or of another app is not gone on with', async () => {
  const rows = rowsOf(bought('anna'), bought('bert'))
  const { report } = await run(listed(rows))
  const walk = (others: readonly FileRow[]) =>
    allOf(withoutReported(listed(others), { reported: listed(report), fingerprintOf: fingerprint }, () => undefined))
  expect(await walk(rows)).toEqual([])
  await expect(walk(rowsOf(bought('anna'), bought('bert')))).rejects.toThrow(ReportMismatch)
  await expect(walk(rows.slice(0, 1))).rejects.toThrow('the report has row 2, and the file has not')
})

test('a dry run says the same of shape, app and product, finds what is there twice, and keeps nothing', async () => {
  const token = newToken(shop)
  const outcomes = await allOf(
    tryReceipts(
      shop.ctx,
      place(),
      listed(
        rowsOf(
          bought('anna', 'pro_monthly', token),
          bought('bert', 'pro_monthly', token),
          bought('carl', 'nothing'),
          bought('dora', ''),
          bought('emil', 'pro_monthly', 'no token'),
          {},
        ),
      ),
    ),
  )
  expect(outcomes.map(({ outcome, code }) => `${outcome} ${code}`)).toEqual([
    'would_import ',
    'would_import duplicate',
    'would_refuse product_unknown',
    'would_refuse row_invalid',
    'would_refuse receipt_invalid',
    'would_refuse row_invalid',
  ])
  expect(await counts()).toEqual({ purchases: 0, customers: 0 })
})

test('nobody outside is told of an import, nobody was seen by it, and a known receipt stays as it is', async () => {
  const before = await buy(shop.ctx, shop.demo, 'anna', 'pro_monthly')
  const seenAt = before.customer.lastSeenAt
  const events = await outbox()
  shop.clock.advance(60_000)
  await run(listed(rowsOf(bought('anna', 'pro_monthly', before.purchase.storePurchaseId), bought('bert'))))
  expect(await outbox()).toEqual(events)
  const anna = await shop.ctx.read.customers.findByAppUserId(shop.demo.projectId, 'anna')
  expect(anna?.lastSeenAt).toBe(seenAt)
})

const TOLD = statement('test.told_events', 'select event_id, type, data from events order by event_id')
const outbox = () => shop.database.query(TOLD, [])
