import { type Static, Type } from 'typebox'
import { type HoldStatus, heldOf } from '../../core/wallet/hold.ts'
import type { CreditsMissing } from '../../usecases/usage/credits-missing.ts'
import type { HoldOutcome } from '../../usecases/wallet/hold-outcome.ts'
import { timeToWire } from './usage-to-wire.ts'

const STATUS = {
  open: 'reserved',
  captured: 'settled',
  voided: 'released',
  expired: 'expired',
} as const satisfies Record<HoldStatus, string>

export const reservationSchema = Type.Object(
  {
    reservation_id: Type.String({ examples: ['hold3f...'] }),
    user_id: Type.String(),
    status: Type.Union([
      Type.Literal('reserved'),
      Type.Literal('settled'),
      Type.Literal('released'),
      Type.Literal('expired'),
    ]),
    reason: Type.String({ description: 'The action, where one was named.' }),
    currency: Type.String({ examples: ['CRD'] }),
    reserved: Type.Integer({ description: 'Credits that were set aside.' }),
    settled: Type.Integer({ description: 'Credits that were charged; may be more than were set aside.' }),
    held: Type.Integer({ description: 'Credits that are kept now.' }),
    balance: Type.Integer({ description: 'What is in the wallet right after it.' }),
    expires_at: Type.String({ description: 'When the credits come back by themselves.' }),
    transaction_id: Type.String({ description: "The latest entry in the wallet's ledger." }),
    replayed: Type.Boolean({ description: 'Whether the idempotency key had been used, and nothing was done now.' }),
  },
  { description: 'The reservation after the request.' },
)

export const missingSchema = Type.Object(
  {
    detail: Type.String({ examples: ['insufficient_credits', 'rate_limited'] }),
    meter: Type.Optional(Type.Literal('credits')),
    currency: Type.Optional(Type.String()),
    required: Type.Optional(Type.Integer({ description: 'Credits that the wallet would have to give now.' })),
    remaining: Type.Optional(Type.Integer({ description: 'Credits that it can give.' })),
    missing: Type.Optional(Type.Integer({ description: 'The difference: what the user has to get.' })),
  },
  { description: 'Refused: insufficient_credits, with the status that the project configured; or rate_limited.' },
)

export function reservationToWire({ answer, replayed }: HoldOutcome): Static<typeof reservationSchema> {
  const { hold, userId, balance, transactionId } = answer
  return {
    reservation_id: hold.holdId,
    user_id: userId,
    status: STATUS[hold.status],
    reason: hold.reason,
    currency: hold.currency,
    reserved: hold.authorised,
    settled: hold.captured,
    held: heldOf(hold),
    balance,
    expires_at: timeToWire(hold.expiresAt),
    transaction_id: transactionId,
    replayed,
  }
}

export function missingToWire({ currency, required, remaining }: CreditsMissing): Static<typeof missingSchema> {
  const missing = required - remaining
  return { detail: 'insufficient_credits', meter: 'credits', currency, required, remaining, missing }
}
