import { createHash, timingSafeEqual } from 'node:crypto'
import { bearerOf } from '../lib/user-identity.ts'

export type SecretVerdict = 'right' | 'wrong' | 'missing'

/**
 * Judges an Authorization header. In RevenueCat's dashboard people type the whole header; so one that equals a secret as it
 * is, without `Bearer`, is right too.
 */
export function judgeSecret(secrets: readonly string[], authorization: string | undefined): SecretVerdict {
  const bearer = bearerOf(authorization)
  const given = [bearer, authorization?.trim() ?? null].filter((text) => text !== null)
  if (given.some((text) => isOneOf(secrets, text))) return 'right'
  return bearer === null ? 'missing' : 'wrong'
}

/** Compares with every secret, always, in a time that depends on none of them. */
function isOneOf(secrets: readonly string[], given: string): boolean {
  const hash = sha256(given)
  return secrets.reduce((found, secret) => timingSafeEqual(sha256(secret), hash) || found, false)
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
