import { createPublicKey, type KeyObject } from 'node:crypto'
import { createRemoteJWKSet, errors, type JWTVerifyGetKey, type JWTVerifyOptions, jwtVerify } from 'jose'
import { parseAppUserId } from '../../core/customers/app-user-id.ts'
import { type Clock, MINUTE_MS, SECOND_MS } from '../../core/lib/clock.ts'

/** Why a bearer does not name a user. `identity_*` are faults of the server or the provider, the others of the caller. */
export type IdentityFault = 'invalid_token' | 'token_expired' | 'identity_unconfigured' | 'identity_unavailable'

export type VerifiedIdentity = { ok: true; userId: string } | { ok: false; code: IdentityFault }

export type IdentityVerifier = { verify(bearer: string): Promise<VerifiedIdentity> }

export type IdentityConfig = {
  /** Where the identity provider publishes its keys. Wins over `publicKeyPem`. */
  jwksUrl?: string | undefined
  publicKeyPem?: string | undefined
  issuer?: string | undefined
  audience?: string | undefined
  clock: Clock
  /** Shortest time between two fetches of the key set for the sake of an unknown key. */
  jwksCooldownMs?: number
}

/** Asymmetric signatures only: with `HS*`, a public key would be a shared secret that everybody knows. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519']

/** How far the provider's clock and ours may differ. */
const CLOCK_TOLERANCE_SECONDS = 60

/** Keys are fetched anew after this, so that a withdrawn one does not stay valid. */
const JWKS_MAX_AGE_MS = 10 * MINUTE_MS

/** Forged key ids must not become a flood of requests to the provider. */
const JWKS_COOLDOWN_MS = 30 * SECOND_MS

/** A sign-in waits for the key set no longer than this. */
const JWKS_TIMEOUT_MS = 5 * SECOND_MS

/**
 * Verifies the JSON Web Tokens of an identity provider (RFC 7519). `sub` is the user id and must be one that REST API
 * v1 takes; `exp` is required; `iss` and `aud` are compared when configured. Without a key source everything is
 * refused. Throws at once when the public key cannot be read.
 */
export function createIdentityVerifier(config: IdentityConfig): IdentityVerifier {
  const keyOf = keySource(config)
  if (keyOf === null) return { verify: async () => ({ ok: false, code: 'identity_unconfigured' }) }
  return {
    async verify(bearer) {
      const options: JWTVerifyOptions = {
        algorithms: ALGORITHMS,
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        currentDate: new Date(config.clock.now()),
        requiredClaims: ['exp', 'sub'],
        ...(config.issuer === undefined ? {} : { issuer: config.issuer }),
        ...(config.audience === undefined ? {} : { audience: config.audience }),
      }
      try {
        const { payload } = await jwtVerify(bearer, keyOf, options)
        return userOf(payload.sub)
      } catch (error) {
        return { ok: false, code: faultOf(error) }
      }
    },
  }
}

/** The token of an `Authorization: Bearer` header; null for another scheme or an empty token. */
export function bearerOf(authorization: string | undefined): string | null {
  return /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1] ?? null
}

function userOf(sub: unknown): VerifiedIdentity {
  const parsed = typeof sub === 'string' ? parseAppUserId(sub) : null
  // An id that had to be trimmed would be another id than the provider's.
  if (parsed === null || !parsed.ok || parsed.value !== sub) return { ok: false, code: 'invalid_token' }
  return { ok: true, userId: parsed.value }
}

/** The key set could not be read, so nothing can be said about the token. */
class KeysUnavailableError extends Error {
  override readonly name = 'KeysUnavailableError'
}

function faultOf(error: unknown): IdentityFault {
  if (error instanceof KeysUnavailableError) return 'identity_unavailable'
  return error instanceof errors.JWTExpired ? 'token_expired' : 'invalid_token'
}

function keySource(config: IdentityConfig): JWTVerifyGetKey | null {
  if (config.jwksUrl !== undefined) return remoteKeys(config.jwksUrl, config.jwksCooldownMs ?? JWKS_COOLDOWN_MS)
  if (config.publicKeyPem === undefined) return null
  const key: KeyObject = createPublicKey(config.publicKeyPem)
  return async () => key
}

function remoteKeys(url: string, cooldownDuration: number): JWTVerifyGetKey {
  const keys = createRemoteJWKSet(new URL(url), {
    cooldownDuration,
    cacheMaxAge: JWKS_MAX_AGE_MS,
    timeoutDuration: JWKS_TIMEOUT_MS,
  })
  return async (header, token) => {
    try {
      return await keys(header, token)
    } catch (cause) {
      if (isFaultOfToken(cause)) throw cause
      throw new KeysUnavailableError('the key set of the identity provider could not be read', { cause })
    }
  }
}

function isFaultOfToken(error: unknown): boolean {
  return (
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JWKSMultipleMatchingKeys ||
    error instanceof errors.JOSENotSupported
  )
}
