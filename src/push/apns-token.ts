import { createPrivateKey } from 'node:crypto'
import { SignJWT } from 'jose'
import { type Clock, MINUTE_MS, SECOND_MS } from '../core/lib/clock.ts'

/** Apple refuses tokens that are older than an hour, and new ones more often than every 20 minutes. */
const TOKEN_LIFE_MS = 50 * MINUTE_MS

export type ApnsKey = {
  /** The .p8 file: a P-256 key as PKCS #8 in PEM. */
  pem: string
  keyId: string
  teamId: string
}

/** Gives the provider token of Apple's push service. Throws at once when the key is not one on the curve P-256. */
export function createApnsToken({ pem, keyId, teamId }: ApnsKey, clock: Clock): () => Promise<string> {
  const key = createPrivateKey(pem)
  if (key.asymmetricKeyType !== 'ec' || key.asymmetricKeyDetails?.namedCurve !== 'prime256v1') {
    throw new Error('the key for Apple pushes is not an EC key on the curve P-256')
  }
  let current: { token: Promise<string>; signedAt: number } | null = null
  return () => {
    const now = clock.now()
    // A clock that was set back would let a token live too long.
    if (current === null || now < current.signedAt || now - current.signedAt >= TOKEN_LIFE_MS) {
      const token = new SignJWT({})
        .setProtectedHeader({ alg: 'ES256', kid: keyId })
        .setIssuer(teamId)
        .setIssuedAt(Math.floor(now / SECOND_MS))
        .sign(key)
      current = { token, signedAt: now }
    }
    return current.token
  }
}
