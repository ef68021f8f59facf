import { type Static, Type } from 'typebox'
import type { ReverseOutcome } from '../../../usecases/wallet/reverse-transaction.ts'
import { SHORTAGES } from '../parse-reverse.ts'
import { IdempotencyKeyWire, ReasonWire } from './adjust-to-wire.ts'
import { dryRunField, dryRunMark } from './dry-run.ts'

export const ReverseBody = Type.Object(
  {
    reason: ReasonWire,
    shortage: Type.Optional(
      Type.Union(
        SHORTAGES.map((shortage) => Type.Literal(shortage)),
        {
          default: 'block',
          description:
            'What to do about units of a grant that were spent: `block` refuses, `clamp` takes what is left, `debt` also ' +
            'notes the rest as owed, to be paid by later grants.',
        },
      ),
    ),
    idempotency_key: Type.Optional(IdempotencyKeyWire),
    ...dryRunField,
  },
  { additionalProperties: false },
)

export const ReversedWire = Type.Object(
  {
    transaction_id: Type.String({ description: 'The transaction that was written.' }),
    reverses_transaction_id: Type.String({ description: 'The one that it undoes.' }),
    user_id: Type.String({ description: "The first of the customer's ids." }),
    reason: Type.String(),
    changes: Type.Array(
      Type.Object({
        currency: Type.String(),
        amount: Type.Integer({
          description: 'By how much the balance changed; units that lapsed meanwhile are not in it.',
        }),
        balance: Type.Integer({ description: 'Right after it.' }),
      }),
    ),
    idempotency_key: Type.Union([Type.String(), Type.Null()]),
    replayed: Type.Boolean({ description: 'Whether an earlier request with the same key had done it already.' }),
    created_at: Type.String({ format: 'date-time' }),
    ...dryRunMark,
  },
  { description: 'What was undone.' },
)

/** A correction as its operator sees it. */
export function reverseToWire(
  { reversed, replayed }: ReverseOutcome,
  idempotencyKey: string | null,
): Static<typeof ReversedWire> {
  return {
    transaction_id: reversed.transactionId,
    reverses_transaction_id: reversed.reversesTransactionId,
    user_id: reversed.userId,
    reason: reversed.reason,
    changes: reversed.changes.map(({ currency, amount, balance }) => ({ currency, amount, balance })),
    idempotency_key: idempotencyKey,
    replayed,
    created_at: new Date(reversed.createdAt).toISOString(),
  }
}
