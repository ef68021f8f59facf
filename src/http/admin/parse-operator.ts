import { DAY_MS } from '../../core/lib/clock.ts'
import { ok, type Result, refuse } from '../../core/lib/result.ts'
import {
  isOperatorLimit,
  isOperatorName,
  OPERATOR_LIMIT_MAX,
  OPERATOR_NAME_MAX_LENGTH,
  OPERATOR_ROLES,
  type OperatorLimits,
  type OperatorRole,
  TOKEN_DAYS_MAX,
} from '../../core/operators/operator.ts'
import type { OperatorChange } from '../../usecases/operators/change-operators.ts'
import { type FieldCheck, isFields, problemsOf } from './read-fields.ts'
import { isPlausibleId } from './wire/transaction-id.ts'

/** A new operator. `projectId` is undefined when the request does not say. */
export type NewOperator = {
  name: string
  role: OperatorRole
  projectId: string | null | undefined
  limits: OperatorLimits
  tokenLifeMs: number | null
}

type Problems = readonly string[]
type LimitFields = { max_per_change?: number | null; max_per_day?: number | null }

const LIMIT_CHECKS = { max_per_change: limitProblem, max_per_day: limitProblem }

/** Each of these reads a body and never throws, whatever it is. The refusal is the problems, each with its field. */
export function parseNewOperator(body: unknown): Result<NewOperator, Problems> {
  const checks = {
    name: nameProblem,
    role: (value: unknown) => (value === undefined ? 'is required' : roleProblem(value)),
    project_id: projectProblem,
    ...LIMIT_CHECKS,
    token_expires_in_days: daysProblem,
  }
  type Valid = LimitFields & {
    name: string
    role: OperatorRole
    project_id?: string | null
    token_expires_in_days?: number
  }
  const fields = readFields<Valid>(body, checks)
  if (!fields.ok) return fields
  const { name, role, project_id: projectId, token_expires_in_days: days } = fields.value
  const { max_per_change: maxPerChange = null, max_per_day: maxPerDay = null } = fields.value
  return ok({ name, role, projectId, limits: { maxPerChange, maxPerDay }, tokenLifeMs: lifeOf(days) })
}

export function parseOperatorChange(body: unknown): Result<OperatorChange, Problems> {
  const fields = readFields<LimitFields & { role?: OperatorRole }>(body, {
    role: (value) => (value === undefined ? null : roleProblem(value)),
    ...LIMIT_CHECKS,
  })
  if (!fields.ok) return fields
  const { role, max_per_change: maxPerChange, max_per_day: maxPerDay } = fields.value
  return ok({
    role,
    limits: { ...(maxPerChange !== undefined && { maxPerChange }), ...(maxPerDay !== undefined && { maxPerDay }) },
  })
}

/** Answers how long the new token is good; null: until it is revoked. No body asks for nothing special. */
export function parseTokenLife(body: unknown): Result<number | null, Problems> {
  const fields = readFields<{ expires_in_days?: number }>(body ?? {}, { expires_in_days: daysProblem })
  return fields.ok ? ok(lifeOf(fields.value.expires_in_days)) : fields
}

function readFields<Valid>(body: unknown, checks: Record<string, FieldCheck>): Result<Valid, Problems> {
  if (!isFields(body)) return refuse(['body: must be a JSON object'])
  const problems = problemsOf(body, checks)
  return problems.length > 0 ? refuse(problems) : ok(body as Valid)
}

function lifeOf(days: number | undefined): number | null {
  return days === undefined ? null : days * DAY_MS
}

function nameProblem(value: unknown): string | null {
  if (value === undefined) return 'is required'
  if (typeof value === 'string' && isOperatorName(value)) return null
  return `must be a text of 1 to ${OPERATOR_NAME_MAX_LENGTH} letters, digits, blanks and . _ @ ' -`
}

function roleProblem(value: unknown): string | null {
  return OPERATOR_ROLES.some((role) => role === value) ? null : `must be one of ${OPERATOR_ROLES.join(', ')}`
}

function projectProblem(value: unknown): string | null {
  const isProject = value === undefined || value === null || (typeof value === 'string' && isPlausibleId(value))
  return isProject ? null : 'must be the id of a project, or null for all'
}

function limitProblem(value: unknown): string | null {
  if (value === undefined || value === null || isOperatorLimit(value)) return null
  return `must be a whole number from 1 to ${OPERATOR_LIMIT_MAX}, or null for no limit`
}

function daysProblem(value: unknown): string | null {
  const isInRange =
    value === undefined ||
    (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= TOKEN_DAYS_MAX)
  return isInRange ? null : `must be a whole number from 1 to ${TOKEN_DAYS_MAX}`
}
