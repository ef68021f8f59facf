import { ok, type Result, refuse } from '../../core/lib/result.ts'
import { isSigningSecret } from '../../core/webhooks/signing-secret.ts'
import { TOLD_TYPES } from '../../core/webhooks/told-outside.ts'
import {
  AUTHORIZATION_MAX_LENGTH,
  ENDPOINT_NAME_MAX_LENGTH,
  SECRET_MAX_LENGTH,
  SECRET_MIN_LENGTH,
  type WebhookEndpoint,
} from '../../core/webhooks/webhook-endpoint.ts'
import type { EndpointChange, EndpointFacts } from '../../usecases/webhooks/change-endpoints.ts'
import { isLongerThan, isPlainText } from './parse-user-id.ts'
import { type FieldCheck, isFields, problemsOf } from './read-fields.ts'
import { isPlausibleId } from './wire/transaction-id.ts'

type Problems = readonly string[]
type Fields = {
  name: string
  url: string
  authorization?: string | null
  event_types?: WebhookEndpoint['eventTypes']
  app_id?: string | null
  environment?: WebhookEndpoint['environment']
}

const CHECKS = {
  name: nameProblem,
  url: textProblem,
  authorization: authorizationProblem,
  event_types: typesProblem,
  app_id: appProblem,
  environment: oneOf('production', 'sandbox', null),
}

/** What is sent in a header: visible ASCII, with blanks only inside. */
const HEADER_VALUE = /^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/

/** Each of these reads a body and never throws, whatever it is. The refusal is the problems, each with its field. */
export function parseNewEndpoint(body: unknown): Result<EndpointFacts & { secret: string | null }, Problems> {
  const fields = read<Fields & { signing_secret?: string }>(body, { ...CHECKS, signing_secret: secretProblem })
  if (!fields.ok) return fields
  const { name, url, authorization = null, event_types: eventTypes = null } = fields.value
  const { app_id: appId = null, environment = null, signing_secret: secret = null } = fields.value
  return ok({ name, url, authorization, eventTypes, appId, environment, secret })
}

export function parseEndpointChange(body: unknown): Result<EndpointChange, Problems> {
  const checks = Object.entries({ ...CHECKS, state: oneOf('active', 'paused') }).map(([field, check]) => [
    field,
    (value: unknown) => (value === undefined ? null : check(value)),
  ])
  const fields = read<Partial<Fields> & { state?: 'active' | 'paused' }>(body, Object.fromEntries(checks))
  if (!fields.ok) return fields
  const { event_types: eventTypes, app_id: appId, ...same } = fields.value
  return ok({ ...same, ...(eventTypes !== undefined && { eventTypes }), ...(appId !== undefined && { appId }) })
}

/** Whether the secret before is good for a while. No body asks for nothing special. */
export function parseRotation(body: unknown): Result<{ keepPrevious: boolean }, Problems> {
  const fields = read<{ keep_previous?: boolean }>(body ?? {}, { keep_previous: oneOf(true, false, undefined) })
  return fields.ok ? ok({ keepPrevious: fields.value.keep_previous ?? true }) : fields
}

function read<Valid>(body: unknown, checks: Record<string, FieldCheck>): Result<Valid, Problems> {
  if (!isFields(body)) return refuse(['body: must be a JSON object'])
  const problems = problemsOf(body, checks)
  return problems.length > 0 ? refuse(problems) : ok(body as Valid)
}

function nameProblem(value: unknown): string | null {
  if (value === undefined) return 'is required'
  const isName =
    typeof value === 'string' &&
    value.trim() === value &&
    value !== '' &&
    !isLongerThan(value, ENDPOINT_NAME_MAX_LENGTH)
  return isName && isPlainText(value) ? null : `must be a text of 1 to ${ENDPOINT_NAME_MAX_LENGTH} characters`
}

/** Which addresses are good is decided where they are used. */
function textProblem(value: unknown): string | null {
  if (value === undefined) return 'is required'
  return typeof value === 'string' && isPlainText(value) ? null : 'must be a URL'
}

function authorizationProblem(value: unknown): string | null {
  if (value === undefined || value === null) return null
  const isValue = typeof value === 'string' && value.length <= AUTHORIZATION_MAX_LENGTH && HEADER_VALUE.test(value)
  return isValue ? null : `must be ASCII text of at most ${AUTHORIZATION_MAX_LENGTH} characters, or null`
}

function secretProblem(value: unknown): string | null {
  if (value === undefined || (typeof value === 'string' && isSigningSecret(value))) return null
  return `must be ${SECRET_MIN_LENGTH} to ${SECRET_MAX_LENGTH} characters of visible ASCII`
}

function typesProblem(value: unknown): string | null {
  if (value === undefined || value === null) return null
  const areTypes =
    Array.isArray(value) && value.length > 0 && new Set(value).size === value.length && value.every(isChoosable)
  return areTypes ? null : `must be null, or a list of some of ${TOLD_TYPES.join(', ')}, each once`
}

function isChoosable(type: unknown): boolean {
  return TOLD_TYPES.some((one) => one === type)
}

function appProblem(value: unknown): string | null {
  const isApp = value === undefined || value === null || (typeof value === 'string' && isPlausibleId(value))
  return isApp ? null : 'must be the id of an app, or null for all'
}

function oneOf(...choices: unknown[]): FieldCheck {
  const shown = choices.filter((choice) => choice !== undefined).map((choice) => String(choice))
  return (value) => (value === undefined || choices.includes(value) ? null : `must be one of ${shown.join(', ')}`)
}
