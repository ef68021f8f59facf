import { SECOND_MS } from '../../core/lib/clock.ts'
import { ok, type Result } from '../../core/lib/result.ts'
import type { HoldOrder } from '../../usecases/wallet/change-hold.ts'
import { currencyProblem, reasonProblem } from './field-problems.ts'
import { DEFAULT_CURRENCY } from './parse-adjust.ts'
import type { FieldCheck, Fields } from './read-fields.ts'
import { type KeyedFault, readKeyedFields } from './read-keyed-fields.ts'

/** Long enough for a job, short enough that a forgotten hold hurts nobody for long. */
export const HOLD_SECONDS_DEFAULT = 900
/** A week at a time; a job that takes longer extends. */
export const HOLD_SECONDS_MAX = 604_800

export type AuthoriseRequest = {
  amount: number
  reason: string
  currency: string
  lifeMs: number
  idempotencyKey: string | null
}

export type HoldRequest = { order: HoldOrder; reason: string | null; idempotencyKey: string | null }

type Rules = { maxAdjust: number }

/** Reads a request that sets units aside. Never throws, whatever the body is. */
export function parseAuthorise(
  body: unknown,
  headerKey: string | undefined,
  { maxAdjust }: Rules,
): Result<AuthoriseRequest, KeyedFault> {
  const read = readKeyedFields(body, headerKey, {
    amount: (value) => amountProblem(value, maxAdjust) ?? (value === undefined ? 'is required' : null),
    reason: reasonProblem,
    currency: currencyProblem,
    expires_in_seconds: secondsProblem,
  })
  if (!read.ok) return read
  const { fields, idempotencyKey } = read.value
  const { amount, reason, currency, expires_in_seconds: seconds } = fields
  return ok({
    amount: amount as number,
    reason: (reason as string).trim(),
    currency: (currency as string | undefined) ?? DEFAULT_CURRENCY,
    lifeMs: ((seconds as number | undefined) ?? HOLD_SECONDS_DEFAULT) * SECOND_MS,
    idempotencyKey,
  })
}

/** Reads a request that captures, releases or extends a hold. Never throws, whatever the body is. */
export function parseHoldChange(
  kind: HoldOrder['kind'],
  body: unknown,
  headerKey: string | undefined,
  { maxAdjust }: Rules,
): Result<HoldRequest, KeyedFault> {
  const checks: Record<HoldOrder['kind'], Record<string, FieldCheck>> = {
    capture: { amount: (value) => amountProblem(value, maxAdjust), keep_open: booleanProblem },
    void: {},
    extend: { expires_in_seconds: (value) => (value === undefined ? 'is required' : secondsProblem(value)) },
  }
  const read = readKeyedFields(body, headerKey, {
    ...checks[kind],
    reason: (value) => (value === undefined ? null : reasonProblem(value)),
  })
  if (!read.ok) return read
  const { fields, idempotencyKey } = read.value
  const { reason } = fields
  return ok({
    order: orderOf(kind, fields),
    reason: typeof reason === 'string' ? reason.trim() : null,
    idempotencyKey,
  })
}

function orderOf(kind: HoldOrder['kind'], fields: Fields): HoldOrder {
  if (kind === 'void') return { kind }
  if (kind === 'extend') return { kind, lifeMs: (fields.expires_in_seconds as number) * SECOND_MS }
  return { kind, amount: (fields.amount as number | undefined) ?? null, keepOpen: fields.keep_open === true }
}

/** Says what is wrong with a number of units; one that is missing is not wrong by itself. */
export function amountProblem(value: unknown, max: number): string | null {
  if (value === undefined) return null
  const isAmount = typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= max
  return isAmount ? null : `must be a whole number from 1 to ${max}`
}

function secondsProblem(value: unknown): string | null {
  if (value === undefined) return null
  const isSeconds = typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= HOLD_SECONDS_MAX
  return isSeconds ? null : `must be a whole number from 1 to ${HOLD_SECONDS_MAX}`
}

function booleanProblem(value: unknown): string | null {
  return value === undefined || typeof value === 'boolean' ? null : 'must be true or false'
}
