import { type Static, Type } from 'typebox'
import { parseAppUserId } from '../../core/customers/app-user-id.ts'
import { ok, type Result, refuse } from '../../core/lib/result.ts'
import type { Wish } from '../../core/usage/price.ts'
import type { UsageCaller } from './usage-caller.ts'

/** As long as the longest name that a configuration can have. */
const NAME_MAX_LENGTH = 60
const IDEMPOTENCY_KEY_MAX_LENGTH = 200
const USER_ID_MAX_LENGTH = 255

/** Often enough for seconds of speech or tokens of text. With the largest cost it stays an exact number. */
const QUANTITY_MAX = 1_000_000

/** Largest amount of a given cost, and meters in one request; as in a configuration. */
const COST_MAX = 1_000_000
const COSTS_MAX = 51

/** Strict, so that a misspelt field is seen: a consumption without its key would be repeated unprotected. */
export const consumeBodySchema = Type.Object(
  {
    action: Type.Optional(
      Type.String({ minLength: 1, maxLength: NAME_MAX_LENGTH, description: 'Something that the project configured.' }),
    ),
    costs: Type.Optional(
      Type.Record(Type.String(), Type.Integer({ minimum: 1, maximum: COST_MAX }), {
        minProperties: 1,
        maxProperties: COSTS_MAX,
        description: 'Instead of an action, by meter id and `credits`, in smallest units. Only with a secret key.',
      }),
    ),
    quantity: Type.Optional(
      Type.Integer({ minimum: 1, maximum: QUANTITY_MAX, description: 'How many times. Left out, it is 1.' }),
    ),
    user_id: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: USER_ID_MAX_LENGTH,
        description: 'Whose usage it is. Required with a secret key, and not allowed without one.',
      }),
    ),
    idempotency_key: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: IDEMPOTENCY_KEY_MAX_LENGTH,
        description: 'Makes a repeated request safe: the same key of the same user is done once.',
      }),
    ),
  },
  { additionalProperties: false },
)

export type ConsumeBody = Static<typeof consumeBodySchema>

export type ConsumeRequest = { userId: string; wish: Wish; quantity: number; idempotencyKey: string | null }

export type ConsumeFault =
  | { code: 'secret_key_required'; problem: string }
  | { code: 'fields_invalid'; problem: string }
  | { code: 'idempotency_key_mismatch'; problem: string }

/**
 * Reads a consumption whose fields are well formed. Prices come from the configuration: an app may only name an action,
 * for its own user. Naming costs, or a user, takes a secret key.
 */
export function parseConsume(
  caller: UsageCaller,
  body: ConsumeBody,
  headerKey: string | undefined,
): Result<ConsumeRequest, ConsumeFault> {
  const { action, costs } = body
  if (caller.kind === 'user') {
    if (costs !== undefined) return secretOnly('costs: only a secret key may name them')
    if (body.user_id !== undefined) return secretOnly('user_id: only a secret key may name one')
  }
  const user = userOf(caller, body.user_id)
  if (!user.ok) return user
  const key = keyOf(body.idempotency_key, headerKey)
  if (!key.ok) return key
  if ((action === undefined) === (costs === undefined)) return invalid('body: must have either action or costs')
  const wish: Wish =
    action === undefined ? { kind: 'costs', costs: new Map(Object.entries(costs ?? {})) } : { kind: 'action', action }
  return ok({ userId: user.value, wish, quantity: body.quantity ?? 1, idempotencyKey: key.value })
}

function userOf(caller: UsageCaller, bodyUserId: string | undefined): Result<string, ConsumeFault> {
  if (caller.kind === 'user') return ok(caller.userId)
  if (bodyUserId === undefined) return invalid('user_id: is required with a secret key')
  const parsed = parseAppUserId(bodyUserId)
  if (parsed.ok) return parsed
  return invalid(
    `user_id: ${parsed.refusal.code === 'app_user_id_empty' ? 'must not be blank' : parsed.refusal.problem}`,
  )
}

/** The header is another place for the body's field. Other characters than ASCII would be read differently from it. */
export function keyOf(bodyKey: string | undefined, headerKey: string | undefined): Result<string | null, ConsumeFault> {
  if (headerKey === undefined) return ok(bodyKey ?? null)
  if (headerKey === '' || headerKey.length > IDEMPOTENCY_KEY_MAX_LENGTH || /[^\x20-\x7e]/.test(headerKey)) {
    return invalid(`Idempotency-Key: must have 1 to ${IDEMPOTENCY_KEY_MAX_LENGTH} ASCII characters`)
  }
  if (bodyKey !== undefined && bodyKey !== headerKey) {
    return refuse({ code: 'idempotency_key_mismatch', problem: 'the header and the body name two keys' })
  }
  return ok(headerKey)
}

function secretOnly(problem: string) {
  return refuse({ code: 'secret_key_required' as const, problem })
}

function invalid(problem: string) {
  return refuse({ code: 'fields_invalid' as const, problem })
}
