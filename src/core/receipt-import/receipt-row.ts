import { parseAppUserId } from '../customers/app-user-id.ts'
import { ok, type Result, refuse } from '../lib/result.ts'
import type { ReceiptField } from './receipt-columns.ts'

/** What a file says about one receipt, in its own words. `row` counts from 1, without the line that names the columns. */
export type FileRow = { row: number; fields: ReceiptFields; problem: string | null }

export type ReceiptFields = Partial<Record<ReceiptField, string>>

/** A receipt that can be handed to a store. `app` and `store` say where it was bought, in the words of the file. */
export type ReceiptRow = {
  appUserId: string
  fetchToken: string
  storeProductId: string | null
  app: string | null
  store: string | null
}

/** The longest receipt of the App Store with years of renewals on it is below this. Characters. */
export const FETCH_TOKEN_MAX_LENGTH = 1_000_000
/** No store has longer product ids. */
const PRODUCT_ID_MAX_LENGTH = 255

/** Reads a row. The refusal is the problem in words. RevenueCat REST API v1, POST /receipts. */
export function parseReceiptRow({ fields, problem }: FileRow): Result<ReceiptRow, string> {
  if (problem !== null) return refuse(problem)
  const appUserId = parseAppUserId(fields.app_user_id ?? '')
  if (!appUserId.ok) {
    return refuse(appUserId.refusal.code === 'app_user_id_empty' ? 'app_user_id is empty' : appUserId.refusal.problem)
  }
  const fetchToken = fields.fetch_token?.trim() ?? ''
  if (fetchToken === '') return refuse('fetch_token is empty')
  if (fetchToken.length > FETCH_TOKEN_MAX_LENGTH) {
    return refuse(`fetch_token is longer than ${FETCH_TOKEN_MAX_LENGTH} characters`)
  }
  const storeProductId = wordOf(fields.product_id)
  if (storeProductId !== null && storeProductId.length > PRODUCT_ID_MAX_LENGTH) {
    return refuse(`product_id is longer than ${PRODUCT_ID_MAX_LENGTH} characters`)
  }
  return ok({
    appUserId: appUserId.value,
    fetchToken,
    storeProductId,
    app: wordOf(fields.app),
    store: wordOf(fields.store),
  })
}

function wordOf(cell: string | undefined): string | null {
  const word = cell?.trim() ?? ''
  return word === '' ? null : word
}
