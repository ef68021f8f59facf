import { type Static, Type } from 'typebox'
import type { TransferOutcome } from '../../../usecases/wallet/transfer-units.ts'
import { CurrencyWire, IdempotencyKeyWire, ReasonWire, UserIdWire } from './adjust-to-wire.ts'
import { dryRunField, dryRunMark } from './dry-run.ts'

export const TransferBody = Type.Object(
  {
    from_user_id: UserIdWire,
    to_user_id: UserIdWire,
    amount: Type.Integer({ minimum: 1, description: 'Units to move.' }),
    reason: ReasonWire,
    currency: Type.Optional(CurrencyWire),
    idempotency_key: Type.Optional(IdempotencyKeyWire),
    ...dryRunField,
  },
  { additionalProperties: false },
)

const Side = Type.Object({
  user_id: Type.String(),
  balance: Type.Integer({ description: 'Right after it.' }),
  transaction_id: Type.String({ description: "The entry in this user's ledger." }),
})

export const TransferredWire = Type.Object(
  {
    transfer_id: Type.String({ description: 'Both entries name it.', examples: ['xfer019a5c0d...'] }),
    currency: Type.String(),
    amount: Type.Integer(),
    reason: Type.String(),
    from: Side,
    to: Side,
    idempotency_key: Type.Union([Type.String(), Type.Null()]),
    replayed: Type.Boolean({ description: 'Whether an earlier request with the same key had done it already.' }),
    created_at: Type.String({ format: 'date-time' }),
    ...dryRunMark,
  },
  { description: 'What was moved. `X-Purser-Revision` is that of the sender.' },
)

/** A transfer as its operator sees it. */
export function transferToWire(
  { transferred, replayed }: TransferOutcome,
  idempotencyKey: string | null,
): Static<typeof TransferredWire> {
  const { transferId, currency, amount, reason, from, to, createdAt } = transferred
  return {
    transfer_id: transferId,
    currency,
    amount,
    reason,
    from: { user_id: from.userId, balance: from.balance, transaction_id: from.transactionId },
    to: { user_id: to.userId, balance: to.balance, transaction_id: to.transactionId },
    idempotency_key: idempotencyKey,
    replayed,
    created_at: new Date(createdAt).toISOString(),
  }
}
