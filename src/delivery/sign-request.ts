import { createHmac } from 'node:crypto'
import { SECRET_PREFIX } from '../core/webhooks/signing-secret.ts'

const SECOND_MS = 1_000

/**
 * The headers that say who sent a request and when, one signature for each secret that is valid. Each attempt is signed
 * anew, since receivers refuse old signatures.
 *
 * `X-RevenueCat-Webhook-Signature` is RevenueCat's (webhooks, HMAC signature verification): its key is the text of the
 * secret. The others are those of Standard Webhooks 1.0.0: their key is what the text encodes.
 */
export function signRequest(
  { webhookId, body, now }: { webhookId: string; body: string; now: number },
  secrets: readonly string[],
): Record<string, string> {
  const timestamp = String(Math.floor(now / SECOND_MS))
  const ours = secrets.map((secret) => `v1=${hmac(secret, `${timestamp}.${body}`, 'hex')}`)
  const standard = secrets.map((secret) => `v1,${hmac(keyOf(secret), `${webhookId}.${timestamp}.${body}`, 'base64')}`)
  return {
    'X-RevenueCat-Webhook-Signature': [`t=${timestamp}`, ...ours].join(','),
    'webhook-id': webhookId,
    'webhook-timestamp': timestamp,
    'webhook-signature': standard.join(' '),
  }
}

function keyOf(secret: string): Buffer | string {
  return secret.startsWith(SECRET_PREFIX) ? Buffer.from(secret.slice(SECRET_PREFIX.length), 'base64') : secret
}

function hmac(key: Buffer | string, text: string, encoding: 'hex' | 'base64'): string {
  return createHmac('sha256', key).update(text).digest(encoding)
}
