import { type Static, Type } from 'typebox'
import {
  OPERATOR_LIMIT_MAX,
  OPERATOR_NAME_MAX_LENGTH,
  OPERATOR_NAME_PATTERN,
  OPERATOR_ROLES,
  type Operator,
  type OperatorRole,
  type OperatorToken,
  TOKEN_DAYS_MAX,
} from '../../../core/operators/operator.ts'
import type { NewToken } from '../../../usecases/operators/change-operators.ts'

const time = Type.String({ format: 'date-time' })
const strict = { additionalProperties: false }
const orNull = <Schema extends ReturnType<typeof Type.String | typeof Type.Integer>>(schema: Schema) =>
  Type.Union([schema, Type.Null()])

const Role = Type.Unsafe<OperatorRole>(Type.Union(OPERATOR_ROLES.map((role) => Type.Literal(role))))
const Limit = orNull(Type.Integer({ minimum: 1, maximum: OPERATOR_LIMIT_MAX }))
const Days = Type.Integer({
  minimum: 1,
  maximum: TOKEN_DAYS_MAX,
  description: 'How long the token is good. Without it, until it is revoked.',
})

const limits = {
  max_per_change: Type.Optional({ ...Limit, description: 'Units of one change; null does not bound.' }),
  max_per_day: Type.Optional({
    ...Limit,
    description: 'Units of each currency in a day (UTC), granted plus taken; null does not bound.',
  }),
}

export const CreateOperatorBody = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: OPERATOR_NAME_MAX_LENGTH, pattern: OPERATOR_NAME_PATTERN }),
    role: Role,
    project_id: Type.Optional({
      ...orNull(Type.String()),
      description: 'Where the operator may act; null: in all projects. Without it, the project of the request.',
    }),
    ...limits,
    token_expires_in_days: Type.Optional(Days),
  },
  strict,
)

export const UpdateOperatorBody = Type.Object({ role: Type.Optional(Role), ...limits }, strict)

export const IssueTokenBody = Type.Object({ expires_in_days: Type.Optional(Days) }, strict)

export const TokenWire = Type.Object({
  token_id: Type.String(),
  created_at: time,
  expires_at: orNull(time),
})

const operatorFields = {
  operator_id: Type.String(),
  project_id: orNull(Type.String()),
  name: Type.String(),
  role: Role,
  max_per_change: orNull(Type.Integer()),
  max_per_day: orNull(Type.Integer()),
  created_at: time,
}

export const OperatorWire = Type.Object(operatorFields, { description: 'The operator.' })

export const ListedOperatorWire = Type.Object({
  ...operatorFields,
  tokens: Type.Array(TokenWire, { description: 'Those that are good now.' }),
})

const secret = Type.String({ description: 'The bearer. This is the only time that it can be seen.' })

export const NewTokenWire = Type.Object(
  { token_id: Type.String(), created_at: time, expires_at: orNull(time), token: secret },
  { description: 'The new token.' },
)

export const CreatedOperatorWire = Type.Object(
  { ...operatorFields, token_id: Type.String(), token: secret, token_expires_at: orNull(time) },
  { description: 'The new operator with a first token.' },
)

/** An operator as those see it who manage them. */
export function operatorToWire({ limits, ...operator }: Operator): Static<typeof OperatorWire> {
  return {
    operator_id: operator.operatorId,
    project_id: operator.projectId,
    name: operator.name,
    role: operator.role,
    max_per_change: limits.maxPerChange,
    max_per_day: limits.maxPerDay,
    created_at: timeToWire(operator.createdAt),
  }
}

export function tokenToWire({ tokenId, createdAt, expiresAt }: OperatorToken): Static<typeof TokenWire> {
  return {
    token_id: tokenId,
    created_at: timeToWire(createdAt),
    expires_at: expiresAt === null ? null : timeToWire(expiresAt),
  }
}

export function newTokenToWire(token: NewToken): Static<typeof NewTokenWire> {
  return { ...tokenToWire(token), token: token.secret }
}

function timeToWire(at: number): string {
  return new Date(at).toISOString()
}
