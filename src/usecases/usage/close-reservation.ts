import { type Result, refuse } from '../../core/lib/result.ts'
import type { Ctx } from '../ports.ts'
import { type ChangeHoldRefusal, changeHold } from '../wallet/change-hold.ts'
import type { HoldOutcome } from '../wallet/hold-outcome.ts'
import { type CreditsMissing, creditsMissing } from './credits-missing.ts'
import { loadUsageConfig } from './load-usage-config.ts'

/** What is done with a reservation: charge what the work cost (null: all that was set aside), or nothing. */
export type CloseOrder = { kind: 'settle'; credits: number | null } | { kind: 'release' }

export type CloseReservationInput = {
  projectId: string
  reservationId: string
  order: CloseOrder
  /** The secret key of the server that asks; need not be the one that reserved. */
  keyId: string
  idempotencyKey: string | null
  requestId: string
}

export type CloseReservationRefusal =
  | Exclude<ChangeHoldRefusal, { code: 'insufficient_balance' | 'operator_limit_exceeded' | 'hold_too_long' }>
  /** `required` is what the cost needs beyond what was set aside. */
  | CreditsMissing

/** The status of a refusal when the configuration that chose one is gone. */
const STATUS_WITHOUT_CONFIG = 402

/**
 * Ends a reservation by the real cost, or by none. Less than was set aside gives the rest back into its lots; more takes
 * the difference out of the wallet, all of it or nothing, and then the reservation stays open.
 */
export async function closeReservation(
  ctx: Ctx,
  { reservationId: holdId, order, keyId: actor, idempotencyKey, ...input }: CloseReservationInput,
): Promise<Result<HoldOutcome, CloseReservationRefusal>> {
  const closed = await changeHold(ctx, {
    ...input,
    holdId,
    actor,
    reason: null,
    order: order.kind === 'settle' ? { kind: 'capture', amount: order.credits, keepOpen: false } : { kind: 'void' },
    idempotencyKey: idempotencyKey === null ? null : JSON.stringify([holdId, idempotencyKey]),
    keyScope: 'usage',
  })
  if (closed.ok) return closed
  const { refusal } = closed
  if (refusal.code === 'operator_limit_exceeded' || refusal.code === 'hold_too_long') {
    throw new Error('broken invariant: no operator asks, and nothing is extended')
  }
  if (refusal.code !== 'insufficient_balance') return refuse(refusal)
  const { currency, balance, requested: required } = refusal
  const [config, catalog] = await Promise.all([
    loadUsageConfig(ctx, input.projectId),
    ctx.read.catalog.ofProject(input.projectId),
  ])
  const status = config.ok ? config.value.exhaustedStatus : STATUS_WITHOUT_CONFIG
  return refuse(creditsMissing(catalog, { currency, balance, required }, status))
}
