/** What is read of a file. Its other columns are named to the person who imports it, and left alone. */
export const RECEIPT_FIELDS = ['app_user_id', 'fetch_token', 'product_id', 'app', 'store'] as const

export type ReceiptField = (typeof RECEIPT_FIELDS)[number]

/** Names that the vendor's bulk import uses for the token, store by store, beside that of the API. */
const OTHER_NAMES: Readonly<Record<string, ReceiptField>> = {
  receipt: 'fetch_token',
  jws: 'fetch_token',
  'receipt/jws': 'fetch_token',
  token: 'fetch_token',
  purchase_token: 'fetch_token',
  subscription_token: 'fetch_token',
}

const NEEDED = ['app_user_id', 'fetch_token'] as const

/** The field that a column means; null when it means none. Letter case does not matter. */
export function fieldOfColumn(name: string): ReceiptField | null {
  const word = name.trim().toLowerCase()
  return RECEIPT_FIELDS.find((field) => field === word) ?? OTHER_NAMES[word] ?? null
}

/** Why a file with these columns cannot be read; null when it can. */
export function columnsProblem(fields: ReadonlyArray<ReceiptField | null>): string | null {
  const missing = NEEDED.find((field) => !fields.includes(field))
  if (missing !== undefined) return `its first line names no column ${missing}`
  const twice = fields.find((field, index) => field !== null && fields.indexOf(field) !== index)
  return twice === undefined ? null : `two of its columns mean ${twice}`
}
