import { ok, type Result, refuse } from '../lib/result.ts'
import { type PeriodRule, SPEND_SOURCES, type SpendSource, type UsageConfig } from './config.ts'
import {
  choiceOf,
  type DocumentFault,
  fieldsOf,
  listOf,
  note,
  noteRepeated,
  type Place,
  textOf,
  wholeNumberOf,
} from './document-place.ts'
import { parseActions } from './parse-actions.ts'
import { parseMeters } from './parse-meters.ts'
import { parseTiers } from './parse-tiers.ts'
import type { SoldThings } from './sold-things.ts'

/** The longest rolling period: a leap year. */
const DAYS_MAX = 366

/** RevenueCat REST API v2, virtual currency codes. */
const CURRENCY_CODE = /^[a-zA-Z0-9_]{1,10}$/

const REQUIRED = ['currency', 'meters', 'tiers', 'actions', 'period', 'exhausted', 'spend_order'] as const

/**
 * Reads a configuration out of parsed JSON, or answers all that is wrong with it at once. With `sold`, names of
 * currencies, products and entitlements must be among what the project sells; a stored document is read without.
 */
export function parseUsageConfig(document: unknown, sold: SoldThings | null): Result<UsageConfig, DocumentFault[]> {
  const faults: DocumentFault[] = []
  const fields = fieldsOf({ value: document, pointer: '', faults }, { required: REQUIRED })
  if (fields === null) return refuse(faults)
  const spendOrder = parseSpendOrder(fields.spend_order)
  const meters = parseMeters(fields.meters)
  const meterIds = meters.map(({ id }) => id)
  const config: UsageConfig = {
    currency: parseCurrency(fields.currency, sold),
    spendOrder,
    meters,
    tiers: parseTiers(fields.tiers, { meterIds, hasAllowance: spendOrder.includes('period_allowance'), sold }),
    actions: parseActions(fields.actions, meterIds),
    period: parsePeriod(fields.period),
    exhaustedStatus: parseExhausted(fields.exhausted),
  }
  return faults.length === 0 ? ok(config) : refuse(faults)
}

function parseCurrency(place: Place | undefined, sold: SoldThings | null): string {
  const code = textOf(place, CURRENCY_CODE, 'a code of 1 to 10 letters, digits or underscores')
  if (place !== undefined && code !== '' && sold !== null && !sold.currencies.has(code)) {
    note(place, `must be a currency of the project; there is no ${code}`)
  }
  return code
}

function parseSpendOrder(place: Place | undefined): SpendSource[] {
  const sources = listOf(place, { min: 1, max: SPEND_SOURCES.length }).map((entry) => ({
    place: entry,
    value: choiceOf(entry, SPEND_SOURCES),
  }))
  noteRepeated(sources.filter((source) => source.value === source.place.value))
  return sources.map(({ value }) => value)
}

function parsePeriod(place: Place | undefined): PeriodRule {
  const fields = place && fieldsOf(place, { required: ['kind', 'timezone'], optional: ['days'] })
  if (place === undefined || fields === undefined || fields === null) return { kind: 'calendar_month' }
  choiceOf(fields.timezone, ['UTC'])
  const kind = choiceOf(fields.kind, ['calendar_month', 'rolling_days', 'billing_cycle'])
  if (kind !== 'rolling_days') {
    if (fields.days !== undefined) note(fields.days, 'is only for rolling_days')
    return { kind }
  }
  if (fields.days === undefined) note(place, 'must have the field "days"')
  return { kind, days: wholeNumberOf(fields.days, { min: 1, max: DAYS_MAX }) }
}

function parseExhausted(place: Place | undefined): 402 | 429 {
  const fields = place && fieldsOf(place, { required: ['status'] })
  return choiceOf(fields?.status, [402, 429])
}
