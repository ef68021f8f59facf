import type { Currency, ProductGrant } from '../core/catalog/catalog.ts'
import { DEFAULT_POLICY } from '../core/wallet/policy.ts'
import type { UpstreamBalance } from '../usecases/ports/credits-upstream.ts'

/**
 * The answers of RevenueCat REST API v2 as far as they are used here. Fields that are not used may be anything: new ones
 * appear without notice. Each reader answers null when the form is not the documented one.
 */
type Fields = Record<string, unknown>

export type Page<Item> = { items: Item[]; hasMore: boolean }
/** A currency with its state; archived ones are listed too. */
export type ListedCurrency = Currency & { isActive: boolean }

const CODE = /^[a-zA-Z0-9_]{1,10}$/

/** A page of a list whose items are all of the documented form. */
export function readPage<Item>(json: unknown, readItem: (json: unknown) => Item | null): Page<Item> | null {
  if (!isFields(json) || !Array.isArray(json.items)) return null
  const next = json.next_page ?? null
  if (next !== null && typeof next !== 'string') return null
  const items = json.items.map(readItem)
  // An empty page that is not the last would be asked for again and again.
  if (next !== null && items.length === 0) return null
  return items.every((item) => item !== null) ? { items: items as Item[], hasMore: next !== null } : null
}

export function readBalance(json: unknown): UpstreamBalance | null {
  if (!isFields(json)) return null
  const { currency_code: code, balance, name, description } = json
  if (!isCode(code) || !isUnits(balance) || !isTextOrNone(name) || !isTextOrNone(description)) return null
  return { code, balance, name: name ?? null, description: description ?? null }
}

export function readCurrency(json: unknown): ListedCurrency | null {
  if (!isFields(json)) return null
  const { code, name, description, state, product_grants: listed } = json
  if (!isCode(code) || typeof name !== 'string' || !isTextOrNone(description)) return null
  const grants = readGrants(listed ?? [])
  if (grants === null) return null
  return { code, name, description: description ?? null, grants, isActive: state !== 'inactive' }
}

/** One grant may name several products; here each product has a row of its own. */
function readGrants(json: unknown): ProductGrant[] | null {
  if (!Array.isArray(json)) return null
  const grants: ProductGrant[] = []
  for (const grant of json as unknown[]) {
    if (!isFields(grant)) return null
    const { product_ids: products, amount, trial_amount: trial, expire_at_cycle_end: expires } = grant
    if (!Array.isArray(products) || !isUnits(amount) || !isUnits(trial ?? 0)) return null
    for (const productId of products as unknown[]) {
      if (typeof productId !== 'string') return null
      grants.push({ productId, amount, trialAmount: Number(trial ?? 0), expireAtCycleEnd: expires === true })
    }
  }
  return grants
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isCode(value: unknown): value is string {
  return typeof value === 'string' && CODE.test(value)
}

function isUnits(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= DEFAULT_POLICY.cap
}

function isTextOrNone(value: unknown): value is string | null | undefined {
  return value === undefined || value === null || typeof value === 'string'
}
