import { type FailedTry, faultOfAnswer, faultWithoutStatus, type Tried } from './fault-of-answer.ts'
import { AnswerTooLarge, readBounded } from './read-bounded.ts'
import type { UpstreamWorld } from './upstream-world.ts'

/** Far more than the hundred currencies that a project may have; an answer beyond it is none. */
const ANSWER_MAX_BYTES = 1_048_576

/** Codes of connections that were never there: nothing can have been sent. */
const NOTHING_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
])

export type UpstreamRequest<Value> = {
  method: 'GET' | 'POST'
  url: string
  headers: Record<string, string>
  body?: string
  /** Checks a successful answer; null when it has not the documented form. */
  read(json: unknown): Value | null
}

/** Sends a request once. Never throws: every way in which it can go wrong is a value. */
export async function sendOnce<Value>(
  world: UpstreamWorld,
  request: UpstreamRequest<Value>,
  timeoutMs: number,
): Promise<Tried<Value>> {
  const { method, url, headers, body } = request
  const signal = world.expireAfter(timeoutMs)
  let response: Response
  let text: string
  try {
    response = await world.fetch(url, {
      method,
      headers,
      signal,
      redirect: 'manual',
      ...(body !== undefined && { body }),
    })
    text = await readBounded(response, ANSWER_MAX_BYTES)
  } catch (error) {
    return faultOfLine(error, signal.aborted)
  }
  const json = parseJson(text)
  if (!response.ok) return faultOfAnswer(response, json, world.clock.now())
  const value = json === undefined ? null : request.read(json)
  if (value !== null) return { ok: true, value }
  return faultWithoutStatus('malformed_response', 'the answer has not the documented form', true)
}

function faultOfLine(error: unknown, isTimedOut: boolean): FailedTry {
  if (isTimedOut) return faultWithoutStatus('timeout', 'there was no answer in time', true)
  if (error instanceof AnswerTooLarge) return faultWithoutStatus('malformed_response', error.message, true)
  const code = codeOf(error)
  return faultWithoutStatus('network_error', code, !NOTHING_SENT.has(code))
}

/** `fetch` hides the reason in the cause of its error. */
function codeOf(error: unknown): string {
  const cause = (error as { cause?: { code?: unknown } } | null)?.cause
  return typeof cause?.code === 'string' ? cause.code : 'the connection broke'
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
