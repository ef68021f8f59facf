import type { OutgoingHttpHeaders } from 'node:http2'
import { type Clock, HOUR_MS, SECOND_MS } from '../core/lib/clock.ts'
import { type ApnsAnswer, type ApnsConnection, createApnsConnection } from './apns-connection.ts'
import { type ApnsKey, createApnsToken } from './apns-token.ts'
import type { PushNotice, PushOutcome, PushSender } from './push-sender.ts'

/** How long Apple may keep a push for a device that cannot be reached; later it would be no news. */
const KEPT_MS = HOUR_MS

export type ApnsOptions = {
  key: ApnsKey
  /** The app's bundle id, which is the topic of background pushes. */
  bundleId: string
  /** `https://api.push.apple.com`, or the sandbox for development builds. */
  origin: string
  clock: Clock
}

/** Sends background pushes through Apple's service. Throws at once when the key cannot be used. */
export function createApnsSender({ key, bundleId, origin, clock }: ApnsOptions): PushSender {
  const token = createApnsToken(key, clock)
  const connection: ApnsConnection = createApnsConnection(origin)
  return {
    async send(pushToken, notice) {
      try {
        const headers = headersOf(pushToken, notice, { bundleId, now: clock.now(), bearer: await token() })
        return outcomeOf(await connection.request(headers, payloadOf(notice)))
      } catch (error) {
        return { status: 'later', reason: error instanceof Error ? error.message : 'unknown', retryAfterMs: null }
      }
    },
    close: () => connection.close(),
  }
}

/** Apple, "Sending notification requests to APNs": a background push has priority 5 and nothing to show. */
function headersOf(
  pushToken: string,
  { event }: PushNotice,
  { bundleId, now, bearer }: { bundleId: string; now: number; bearer: string },
): OutgoingHttpHeaders {
  return {
    ':method': 'POST',
    ':path': `/3/device/${pushToken}`,
    authorization: `bearer ${bearer}`,
    'apns-push-type': 'background',
    'apns-priority': '5',
    'apns-topic': bundleId,
    'apns-collapse-id': event,
    'apns-expiration': String(Math.floor((now + KEPT_MS) / SECOND_MS)),
    'content-type': 'application/json',
  }
}

function payloadOf({ event, seq }: PushNotice): string {
  return JSON.stringify({ aps: { 'content-available': 1 }, purser: { event, seq } })
}

/** Apple, "Handling notification responses from APNs". */
function outcomeOf({ status, headers, body }: ApnsAnswer): PushOutcome {
  if (status === 200) return { status: 'sent' }
  const reason = reasonOf(body) ?? String(status)
  if (status === 410 || reason === 'BadDeviceToken') return { status: 'gone' }
  if (status === 429 || status >= 500 || reason === 'ExpiredProviderToken') {
    const seconds = Number(headers['retry-after'])
    const isSaid = Number.isFinite(seconds) && seconds >= 0
    return { status: 'later', reason, retryAfterMs: isSaid ? seconds * SECOND_MS : null }
  }
  return { status: 'refused', reason }
}

function reasonOf(body: string): string | null {
  try {
    const { reason } = JSON.parse(body) as { reason?: unknown }
    return typeof reason === 'string' && /^[A-Za-z]{1,64}$/.test(reason) ? reason : null
  } catch {
    return null
  }
}
