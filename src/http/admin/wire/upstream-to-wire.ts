import { type Static, Type } from 'typebox'
import type { CreditsEntry } from '../../../usecases/ports/credits.ts'

export const UpstreamWire = Type.Object(
  {
    status: Type.Union([Type.Literal('pending'), Type.Literal('applied'), Type.Literal('failed')], {
      description: '`pending` is not known yet, and tried on; `failed` was not done.',
    }),
    requested: Type.Object({ currency: Type.String(), amount: Type.Integer() }),
    last_error: Type.Union([Type.String(), Type.Null()], { description: 'Why the latest attempt did not succeed.' }),
  },
  { description: 'Only where another server keeps the balances: what became of the change there.' },
)

/** What became of a change at the server that keeps the balances. */
export function upstreamToWire({
  status,
  requested,
  lastError,
}: NonNullable<CreditsEntry['upstream']>): Static<typeof UpstreamWire> {
  const { currency, amount } = requested
  return { status, requested: { currency, amount }, last_error: lastError }
}
