// @ts-check
import { RealtimeLine } from './realtime.js'
import { postJson } from './server-calls.js'

/** Names this page for the gateway, which keeps one line for each device: two tabs are two. */
const deviceId = `try-${Array.from(crypto.getRandomValues(new Uint32Array(2)), (part) => part.toString(36)).join('')}`

/**
 * Listens for the changes of one customer. The customer signs in with a token of the demo, where a real app has the one
 * of its identity provider; a new token each time, since a server that was restarted does not know the old one.
 *
 * @param {string} apiKey
 * @param {string} appUserId
 * @param {Pick<import('./realtime.js').RealtimeDeps, 'onState' | 'onChanged' | 'onFrame' | 'onFailure'>} listener
 */
export function openLiveSession(apiKey, appUserId, listener) {
  return new RealtimeLine({
    ...listener,
    bootstrap: async () => {
      const { token } = await postJson('/demo/token', apiKey, { app_user_id: appUserId })
      return postJson('/v1/sessions/realtime-bootstrap', token, { device_id: deviceId })
    },
    open: (url) => new WebSocket(url),
    random: Math.random,
  })
}

/**
 * A frame in a few words, for the log.
 *
 * @param {import('./realtime.js').Frame} frame
 */
export function frameWords({ event, data }) {
  if (event === 'connected') return `revision ${data.seq}`
  if (data.silent !== true) return 'from the gateway'
  const reaction = event === 'usage.changed' ? 'reading the balance' : 'reading the entitlements'
  return `${data.cause}, revision ${data.seq}: ${reaction}`
}
