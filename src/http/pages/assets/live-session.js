// @ts-check
import { postJson } from './server-calls.js'

/** @typedef {import('../../../../client/src/connect-realtime.ts').RealtimeConnection} RealtimeConnection */
/** @typedef {import('../../../../client/src/connect-realtime.ts').RealtimeFrame} Frame */
/** @typedef {import('../../../../client/src/connect-realtime.ts').RealtimeOptions} RealtimeOptions */
/** @typedef {typeof import('../../../../client/src/connect-realtime.ts').connectRealtime} ConnectRealtime */

/**
 * Listens for the changes of one customer. The customer signs in with a token of the demo, where a real app has the one
 * of its identity provider; a new token each time, since a server that was restarted does not know the old one.
 *
 * @param {ConnectRealtime} connectRealtime
 * @param {{ apiKey: string, appUserId: string }} customer
 * @param {Pick<RealtimeOptions, 'onChange' | 'onState' | 'onFrame' | 'onProblem'>} listener
 * @returns {RealtimeConnection}
 */
export function openLiveSession(connectRealtime, { apiKey, appUserId }, listener) {
  return connectRealtime({
    ...listener,
    url: location.origin,
    userId: appUserId,
    getToken: async () => {
      const { token } = await postJson('/demo/token', apiKey, { app_user_id: appUserId })
      return token
    },
  })
}

/**
 * Whether a frame is worth a line in the log: pings and their answers are not.
 *
 * @param {Frame} frame
 */
export function isTold({ event }) {
  return event !== 'ping' && event !== 'pong'
}

/**
 * A frame in a few words, for the log.
 *
 * @param {Frame} frame
 */
export function frameWords({ event, data }) {
  if (event === 'connected') return `revision ${data.seq}`
  if (data.silent !== true) return 'from the gateway'
  const reaction = event === 'usage.changed' ? 'reading the balance' : 'reading the entitlements'
  return `${data.cause}, revision ${data.seq}: ${reaction}`
}
