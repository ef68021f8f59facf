import { type Static, Type } from 'typebox'
import { CAP_MAX } from '../../../core/usage/config.ts'
import type { CreditsCapView } from '../../../usecases/usage/read-credits-cap.ts'
import { ReasonWire } from './adjust-to-wire.ts'

export const CreditsCapBody = Type.Object(
  {
    credits_total: Type.Union([Type.Integer({ minimum: 0, maximum: CAP_MAX }), Type.Null()], {
      description: 'Credits that every period allows this user; null or 0 clears it, and the tier counts again.',
    }),
    reason: ReasonWire,
  },
  { additionalProperties: false },
)

const CreditsTotal = Type.Union([Type.Integer(), Type.Null()], { description: "Null: the tier's cap counts." })

export const CreditsCapWire = Type.Object(
  {
    user_id: Type.String(),
    credits_total: CreditsTotal,
    changes: Type.Array(
      Type.Object({
        credits_total: CreditsTotal,
        reason: Type.String(),
        actor: Type.String({ description: 'Who decided it.' }),
        merged_from: Type.Union([Type.String(), Type.Null()], {
          description: 'The customer it was decided for, when it came here by a merge.',
        }),
        created_at: Type.String({ format: 'date-time' }),
      }),
      { description: 'The latest decisions, the newest first.' },
    ),
  },
  { description: "The user's cap of credits in the usage meters." },
)

export function creditsCapToWire(
  userId: string,
  { creditsTotal, changes }: CreditsCapView,
): Static<typeof CreditsCapWire> {
  return {
    user_id: userId,
    credits_total: creditsTotal,
    changes: changes.map((change) => ({
      credits_total: change.creditsTotal,
      reason: change.reason,
      actor: change.actor,
      merged_from: change.mergedFrom,
      created_at: new Date(change.createdAt).toISOString(),
    })),
  }
}
