import { findStoreProduct } from '../../core/catalog/catalog.ts'
import type { Store } from '../../core/projects/project.ts'
import { chooseApp } from '../../core/receipt-import/choose-app.ts'
import { watchDuplicates } from '../../core/receipt-import/duplicate-receipts.ts'
import { type FileRow, parseReceiptRow, type ReceiptRow } from '../../core/receipt-import/receipt-row.ts'
import type { RowOutcome } from '../../core/receipt-import/report-line.ts'
import type { Ctx } from '../ports.ts'
import { outcomeOf } from './row-outcome.ts'
import type { RowPlace } from './row-place.ts'

/** Stores whose tokens do not say what was bought. RevenueCat REST API v1, POST /receipts. */
const NEEDS_PRODUCT: ReadonlySet<Store> = new Set(['play_store', 'test_store'])

type Finding = Pick<RowOutcome, 'outcome' | 'code' | 'problem'>

/**
 * Says what can be said of the rows of a file without asking a store and without keeping anything: their shape, their app
 * and product, and which receipts are there twice. The store has the last word in the import.
 */
export async function* tryReceipts(
  ctx: Ctx,
  place: RowPlace,
  rows: AsyncIterable<FileRow>,
): AsyncGenerator<RowOutcome> {
  const catalog = await ctx.read.catalog.ofProject(place.project.projectId)
  const firstRowOf = watchDuplicates()
  const judge = (receipt: ReceiptRow, row: number): Finding => {
    const app = chooseApp(place.apps, receipt, place.chosen)
    if (!app.ok) return refused(app.refusal.code, app.refusal.problem)
    const { appId, store } = app.value
    const adapter = ctx.stores(store)
    if (adapter === null) return refused('store_unsupported', `receipts of ${store} cannot be verified yet`)
    const chain = adapter.chainOf(receipt.fetchToken)
    if (!chain.ok) return refused(chain.refusal.code, 'problem' in chain.refusal ? chain.refusal.problem : '')
    const { storeProductId } = receipt
    if (storeProductId === null && NEEDS_PRODUCT.has(store)) {
      return refused('row_invalid', `product_id is empty, and a receipt of ${store} does not say it`)
    }
    if (storeProductId !== null && findStoreProduct(catalog, appId, storeProductId) === null) {
      return refused('product_unknown', `the app has no product ${storeProductId}`)
    }
    const first = firstRowOf(ctx.hash(`${appId} ${receipt.fetchToken}`).slice(0, HASH_LENGTH), row)
    if (first === null) return { outcome: 'would_import', code: '', problem: '' }
    const problem = `the receipt of row ${first} again; when their users differ, the later row decides whose it is`
    return { outcome: 'would_import', code: 'duplicate', problem }
  }
  for await (const row of rows) {
    const parsed = parseReceiptRow(row)
    yield outcomeOf(ctx, place, row, parsed.ok ? judge(parsed.value, row.row) : refused('row_invalid', parsed.refusal))
  }
}

/** Two receipts of a million have the same 64 bits once in ten million files. */
const HASH_LENGTH = 16

function refused(code: string, problem: string): Finding {
  return { outcome: 'would_refuse', code, problem }
}
