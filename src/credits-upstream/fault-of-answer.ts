import { SECOND_MS } from '../core/lib/clock.ts'
import type { UpstreamFault } from '../usecases/ports/credits-upstream.ts'

/** A fault of one try: whether another try may help, and how long the upstream wants it to wait. */
export type FailedTry = { ok: false; fault: UpstreamFault; isRetryable: boolean; waitMs: number | null }
export type Tried<Value> = { ok: true; value: Value } | FailedTry

/** RevenueCat REST API v2, errors: the type that goes with a status, for answers whose body does not say it. */
const TYPE_OF_STATUS: Readonly<Record<number, string>> = {
  400: 'invalid_request',
  401: 'authentication_error',
  403: 'authorization_error',
  404: 'resource_missing',
  409: 'idempotency_error',
  422: 'unprocessable_entity_error',
  423: 'resource_locked_error',
  429: 'rate_limit_error',
}

/** The change was looked at and refused. With an idempotency key that holds for every try under it. */
const CONCLUSIVE = new Set([400, 404, 422])
/** Nothing was done; a later try may get through. */
const LATER = new Set([423, 429])
const TYPE = /^[a-z_]{1,40}$/
/** Of a foreign text, as much as an operator reads. */
const MESSAGE_MAX_LENGTH = 200

type ErrorBody = { type?: unknown; message?: unknown; param?: unknown; backoff_ms?: unknown }

/** What an answer means that is no success. */
export function faultOfAnswer(response: Response, json: unknown, now: number): FailedTry {
  const { status, headers } = response
  const isOfApi = typeof json === 'object' && json !== null
  const body: ErrorBody = isOfApi ? json : {}
  const isServerError = status >= 500
  const type = typeof body.type === 'string' && TYPE.test(body.type) ? body.type : typeOf(status)
  const waits = [backoffOf(body.backoff_ms), retryAfterOf(headers.get('retry-after'), now)].filter(
    (wait) => wait !== null,
  )
  return {
    ok: false,
    isRetryable: isServerError || LATER.has(status),
    waitMs: waits.length === 0 ? null : Math.max(...waits),
    fault: {
      type,
      status,
      param: typeof body.param === 'string' ? body.param.slice(0, MESSAGE_MAX_LENGTH) : null,
      isUncertain: isServerError,
      // A page of a proxy, or of a server at a mistyped address, has judged nothing.
      isConclusive: isOfApi && CONCLUSIVE.has(status),
      message: messageOf(body.message, status),
    },
  }
}

/** A fault that has no status of its own: the line, the clock, or an answer that cannot be read. */
export function faultWithoutStatus(type: string, message: string, isUncertain: boolean): FailedTry {
  const fault = { type, status: null, param: null, isUncertain, isConclusive: false, message }
  return { ok: false, isRetryable: true, waitMs: null, fault }
}

function typeOf(status: number): string {
  if (status >= 300 && status < 400) return 'unexpected_redirect'
  return TYPE_OF_STATUS[status] ?? (status >= 500 ? 'server_error' : 'invalid_request')
}

function backoffOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : null
}

/** Seconds, or the time of day as HTTP writes it. */
function retryAfterOf(text: string | null, now: number): number | null {
  if (text === null) return null
  if (/^\d{1,9}$/.test(text)) return Number(text) * SECOND_MS
  const at = Date.parse(text)
  return Number.isNaN(at) ? null : Math.max(0, at - now)
}

function messageOf(value: unknown, status: number): string {
  if (typeof value !== 'string') return `status ${status}`
  return value.replaceAll(/\p{Cc}/gu, ' ').slice(0, MESSAGE_MAX_LENGTH)
}
