import { type Static, Type } from 'typebox'
import type { AdjustOutcome } from '../../../usecases/wallet/adjust-balance.ts'
import {
  CURRENCY_PATTERN,
  IDEMPOTENCY_KEY_MAX_LENGTH,
  REASON_MAX_LENGTH,
  REASON_MIN_LENGTH,
} from '../field-problems.ts'
import { DEFAULT_CURRENCY } from '../parse-adjust.ts'
import { USER_ID_MAX_LENGTH } from '../parse-user-id.ts'
import { dryRunField, dryRunMark } from './dry-run.ts'

/** A user's id, as the app gave it to the SDK. */
export const UserIdWire = Type.String({ minLength: 1, maxLength: USER_ID_MAX_LENGTH, examples: ['user_2abcXYZ'] })

/** Why a change was made. */
export const ReasonWire = Type.String({
  minLength: REASON_MIN_LENGTH,
  // The bound holds after blanks at both ends are cut, which a schema cannot say.
  description: `Why, with a ticket reference. At most ${REASON_MAX_LENGTH} characters without surrounding blanks.`,
  examples: ['ZD-1042 outage goodwill'],
})

export const CurrencyWire = Type.String({ pattern: CURRENCY_PATTERN, default: DEFAULT_CURRENCY })

/** What makes a repeated request the same one. */
export const IdempotencyKeyWire = Type.String({
  minLength: 1,
  maxLength: IDEMPOTENCY_KEY_MAX_LENGTH,
  description: 'Repeats with the same key are done once. The header Idempotency-Key says the same.',
  examples: ['zd-1042-1'],
})

const shared = {
  amount: Type.Integer({ description: 'Signed, not zero: positive grants, negative deducts.', examples: [50] }),
  reason: ReasonWire,
  currency: Type.Optional(CurrencyWire),
  idempotency_key: Type.Optional(IdempotencyKeyWire),
  ...dryRunField,
}

/** The body where the user is named in it. */
export const AdjustBody = Type.Object({ user_id: UserIdWire, ...shared }, { additionalProperties: false })

/** The body where the user is named in the path. */
export const UserAdjustBody = Type.Object(
  { user_id: Type.Optional(UserIdWire), ...shared },
  { additionalProperties: false },
)

export const AdjustedWire = Type.Object(
  {
    user_id: Type.String(),
    currency: Type.String(),
    amount: Type.Integer(),
    balance: Type.Integer({ description: 'Right after the change.' }),
    reason: Type.String(),
    idempotency_key: Type.Union([Type.String(), Type.Null()]),
    transaction_id: Type.String(),
    replayed: Type.Boolean({ description: 'Whether an earlier request with the same key had done it already.' }),
    created_at: Type.String({ format: 'date-time' }),
    ...dryRunMark,
  },
  { description: 'The change that was made. A repeat with the same key gets the same answer, with `replayed` true.' },
)

/** A change of a balance as its operator sees it. */
export function adjustToWire(
  { adjusted, replayed }: AdjustOutcome,
  idempotencyKey: string | null,
): Static<typeof AdjustedWire> {
  return {
    user_id: adjusted.userId,
    currency: adjusted.currency,
    amount: adjusted.amount,
    balance: adjusted.balance,
    reason: adjusted.reason,
    idempotency_key: idempotencyKey,
    transaction_id: adjusted.transactionId,
    replayed,
    created_at: new Date(adjusted.createdAt).toISOString(),
  }
}
