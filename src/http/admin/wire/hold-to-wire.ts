import { type Static, Type } from 'typebox'
import { type Hold, heldOf } from '../../../core/wallet/hold.ts'
import type { HoldOutcome } from '../../../usecases/wallet/hold-outcome.ts'
import { CURRENCY_PATTERN } from '../field-problems.ts'
import { DEFAULT_CURRENCY } from '../parse-adjust.ts'
import { HOLD_SECONDS_DEFAULT, HOLD_SECONDS_MAX } from '../parse-hold.ts'
import { IdempotencyKeyWire, ReasonWire } from './adjust-to-wire.ts'
import { dryRunField, dryRunMark } from './dry-run.ts'

const Seconds = Type.Integer({
  minimum: 1,
  maximum: HOLD_SECONDS_MAX,
  description: 'How long the units are kept from now on.',
})
const shared = {
  reason: Type.Optional(ReasonWire),
  idempotency_key: Type.Optional(IdempotencyKeyWire),
  ...dryRunField,
}
const strict = { additionalProperties: false }

export const AuthoriseBody = Type.Object(
  {
    ...shared,
    amount: Type.Integer({ minimum: 1, description: 'Units to set aside.' }),
    reason: ReasonWire,
    currency: Type.Optional(Type.String({ pattern: CURRENCY_PATTERN, default: DEFAULT_CURRENCY })),
    expires_in_seconds: Type.Optional(Type.Integer({ ...Seconds, default: HOLD_SECONDS_DEFAULT })),
  },
  strict,
)

/** The bodies of the routes that change a hold, by what they do. */
export const HOLD_BODIES = {
  capture: Type.Object(
    {
      ...shared,
      amount: Type.Optional(
        Type.Integer({ minimum: 1, description: 'All that is kept when left out; more is taken out of the balance.' }),
      ),
      keep_open: Type.Optional(
        Type.Boolean({ default: false, description: 'Keep the rest for later instead of releasing it.' }),
      ),
    },
    strict,
  ),
  void: Type.Object(shared, strict),
  extend: Type.Object({ ...shared, expires_in_seconds: Seconds }, strict),
}

const facts = {
  hold_id: Type.String(),
  currency: Type.String(),
  status: Type.Union([Type.Literal('open'), Type.Literal('captured'), Type.Literal('voided'), Type.Literal('expired')]),
  authorised: Type.Integer({ description: 'Units that were set aside.' }),
  captured: Type.Integer({ description: 'Units that were used; may be more than were set aside.' }),
  held: Type.Integer({ description: 'Units that are kept now.' }),
  reason: Type.String(),
  actor: Type.String(),
  expires_at: Type.String({ format: 'date-time' }),
  created_at: Type.String({ format: 'date-time' }),
  closed_at: Type.Union([Type.String({ format: 'date-time' }), Type.Null()]),
}

export const HoldWire = Type.Object(facts)

export const ChangedHoldWire = Type.Object(
  {
    ...facts,
    user_id: Type.String(),
    balance: Type.Integer({ description: 'What can be spent right after it.' }),
    transaction_id: Type.String({ description: 'The latest ledger transaction of the hold.' }),
    idempotency_key: Type.Union([Type.String(), Type.Null()]),
    replayed: Type.Boolean({ description: 'Whether an earlier request with the same key had done it already.' }),
    ...dryRunMark,
  },
  { description: 'The hold after the change.' },
)

/** A hold as its operator sees it. */
export function holdToWire(hold: Hold): Static<typeof HoldWire> {
  return {
    hold_id: hold.holdId,
    currency: hold.currency,
    status: hold.status,
    authorised: hold.authorised,
    captured: hold.captured,
    held: heldOf(hold),
    reason: hold.reason,
    actor: hold.actor,
    expires_at: new Date(hold.expiresAt).toISOString(),
    created_at: new Date(hold.createdAt).toISOString(),
    closed_at: hold.closedAt === null ? null : new Date(hold.closedAt).toISOString(),
  }
}

/** A change of a hold as its operator sees it. */
export function holdOutcomeToWire(
  { answer, replayed }: HoldOutcome,
  idempotencyKey: string | null,
): Static<typeof ChangedHoldWire> {
  const { hold, userId, balance, transactionId } = answer
  return {
    ...holdToWire(hold),
    user_id: userId,
    balance,
    transaction_id: transactionId,
    idempotency_key: idempotencyKey,
    replayed,
  }
}
