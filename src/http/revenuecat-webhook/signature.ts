import { createHmac, timingSafeEqual } from 'node:crypto'
import { MINUTE_MS, SECOND_MS } from '../../core/lib/clock.ts'

/** How far the sender's clock may be from ours, in either direction. RevenueCat webhooks, signatures. */
const SIGNATURE_AGE_MAX_MS = 5 * MINUTE_MS

/** Signatures in one header: one for each secret of a rotation. More is nobody's. */
const PARTS_MAX = 20

const TIME = /^\d{1,12}$/
const SHA256_HEX = /^[0-9a-f]{64}$/i

/**
 * Whether `X-RevenueCat-Webhook-Signature: t=<seconds>,v1=<hex>` signs exactly these bytes, at about this time: HMAC-SHA256
 * over the time, a dot and the raw body. Several `v1` parts and several secrets may be valid while one replaces another.
 */
export function isSigned(
  header: string | string[] | undefined,
  body: Uint8Array,
  { secrets, now }: { secrets: readonly string[]; now: number },
): boolean {
  if (typeof header !== 'string') return false
  const parts = header.split(',', PARTS_MAX).map((part) => part.trim())
  const times = valuesOf(parts, 't')
  const [time] = times
  if (time === undefined || times.length > 1 || !TIME.test(time)) return false
  if (Math.abs(now - Number(time) * SECOND_MS) > SIGNATURE_AGE_MAX_MS) return false
  const given = valuesOf(parts, 'v1').filter((value) => SHA256_HEX.test(value))
  const valid = secrets.map((secret) => createHmac('sha256', secret).update(`${time}.`).update(body).digest())
  return given.reduce((found, value) => isOneOf(valid, Buffer.from(value, 'hex')) || found, false)
}

function valuesOf(parts: readonly string[], name: string): string[] {
  return parts.filter((part) => part.startsWith(`${name}=`)).map((part) => part.slice(name.length + 1))
}

function isOneOf(valid: readonly Buffer[], given: Buffer): boolean {
  return valid.reduce((found, digest) => timingSafeEqual(digest, given) || found, false)
}
