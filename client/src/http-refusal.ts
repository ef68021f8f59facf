import { isRecord } from './frame.ts'
import { type Ending, TOKEN_EXPIRED } from './listener-state.ts'
import type { FetchResponse } from './platform.ts'
import type { RealtimeProblem } from './realtime-options.ts'

/** A refusal with a status. One of the token means what a socket says by its close code. */
export async function refused(response: FetchResponse): Promise<Ending> {
  const problem = refusalOf('line_failed', response, await response.text())
  const code = response.status === 401 ? TOKEN_EXPIRED : null
  return { code, problem, retryAfterMs: retryAfterMsOf(response), isUnfit: false }
}

/** An HTTP refusal of the server in its own words. */
export function refusalOf(code: string, { status }: FetchResponse, text: string): RealtimeProblem {
  return { code, message: detailOf(text) ?? `the server answered ${status}`, status, cause: null }
}

/** `Retry-After` in milliseconds. Cross-origin pages see it where the server exposes it. */
export function retryAfterMsOf(response: FetchResponse): number | null {
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN)
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1_000 : null
}

function detailOf(text: string): string | null {
  try {
    const body: unknown = JSON.parse(text)
    return isRecord(body) && typeof body.detail === 'string' ? body.detail : null
  } catch {
    return null
  }
}
