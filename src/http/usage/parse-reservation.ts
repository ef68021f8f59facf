import { type Static, Type } from 'typebox'
import { SECOND_MS } from '../../core/lib/clock.ts'
import { ok, type Result } from '../../core/lib/result.ts'
import type { CloseOrder } from '../../usecases/usage/close-reservation.ts'
import { type ConsumeFault, type ConsumeRequest, consumeBodySchema, keyOf, parseConsume } from './parse-consume.ts'
import type { UsageCaller } from './usage-caller.ts'

/** Long enough for a job, short enough that a forgotten reservation hurts nobody for long. */
const SECONDS_DEFAULT = 900
/** A week: longer work is settled in parts. */
const SECONDS_MAX = 604_800

/** The largest balance of a wallet. */
const CREDITS_MAX = 2_000_000_000

export const reserveBodySchema = Type.Object(
  {
    ...consumeBodySchema.properties,
    expires_in_seconds: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: SECONDS_MAX,
        description: `How long the credits are kept. Left out, it is ${SECONDS_DEFAULT}.`,
      }),
    ),
  },
  { additionalProperties: false },
)

const { idempotency_key } = consumeBodySchema.properties

export const settleBodySchema = Type.Object(
  {
    credits: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: CREDITS_MAX,
        description: 'What the work cost. Left out, it is all that was reserved; more is taken out of the wallet.',
      }),
    ),
    idempotency_key,
  },
  { additionalProperties: false },
)

export const releaseBodySchema = Type.Object({ idempotency_key }, { additionalProperties: false })

/** Only who does the work can say what it cost, and an app is not to be trusted with that. */
export function parseReserve(
  caller: UsageCaller & { kind: 'server' },
  body: Static<typeof reserveBodySchema>,
  headerKey: string | undefined,
): Result<ConsumeRequest & { lifeMs: number }, ConsumeFault> {
  const { expires_in_seconds: seconds, ...wish } = body
  const parsed = parseConsume(caller, wish, headerKey)
  return parsed.ok ? ok({ ...parsed.value, lifeMs: (seconds ?? SECONDS_DEFAULT) * SECOND_MS }) : parsed
}

/** Reads what ends a reservation. */
export function parseClose(
  kind: CloseOrder['kind'],
  body: Static<typeof settleBodySchema>,
  headerKey: string | undefined,
): Result<{ order: CloseOrder; idempotencyKey: string | null }, ConsumeFault> {
  const key = keyOf(body.idempotency_key, headerKey)
  if (!key.ok) return key
  const order: CloseOrder = kind === 'settle' ? { kind, credits: body.credits ?? null } : { kind }
  return ok({ order, idempotencyKey: key.value })
}
