import { isRecord } from './frame.ts'
import { refusalOf, retryAfterMsOf } from './http-refusal.ts'
import type { Failure, Session } from './listener-state.ts'
import type { Platform } from './platform.ts'
import type { RealtimeOptions, RealtimeProblem } from './realtime-options.ts'

type Outcome = { ok: true; session: Session } | { ok: false; failure: Failure }

/** Trades the user's token for a realtime session. Never rejects. */
export async function bootstrap(platform: Platform, options: RealtimeOptions, deviceId: string): Promise<Outcome> {
  let token: string
  try {
    token = options.getToken === undefined ? options.token : await options.getToken()
  } catch (cause) {
    return failed({ code: 'token_failed', message: 'getToken failed', status: null, cause }, null)
  }
  try {
    if (platform.fetch === undefined) throw new Error('there is no fetch here')
    const headers: Record<string, string> = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    if (options.project !== undefined) headers['x-purser-project'] = options.project
    const body = JSON.stringify({ device_id: deviceId })
    const url = `${baseOf(options.url)}/v1/sessions/realtime-bootstrap`
    const response = await platform.fetch(url, { method: 'POST', headers, body })
    const text = await response.text()
    if (!response.ok) return failed(refusalOf('bootstrap_failed', response, text), retryAfterMsOf(response))
    return { ok: true, session: sessionFrom(JSON.parse(text)) }
  } catch (cause) {
    return failed({ code: 'bootstrap_failed', message: 'the server cannot be reached', status: null, cause }, null)
  }
}

/** An address without the slashes at its end, so that paths can follow. */
export function baseOf(url: string): string {
  return url.replace(/\/+$/, '')
}

function sessionFrom(body: unknown): Session {
  if (!isRecord(body) || typeof body.token !== 'string' || typeof body.ws_url !== 'string') {
    throw new Error('the answer is no realtime session')
  }
  const expiresAt = Date.parse(String(body.expires_at))
  return {
    token: body.token,
    socketUrl: body.ws_url,
    expiresAt: Number.isNaN(expiresAt) ? null : expiresAt,
    usableUntil: null,
  }
}

function failed(problem: RealtimeProblem, retryAfterMs: number | null): Outcome {
  return { ok: false, failure: { problem, retryAfterMs } }
}
