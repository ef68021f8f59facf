import { createHmac, timingSafeEqual } from 'node:crypto'
import { parseAppUserId } from '../../core/customers/app-user-id.ts'
import { HOUR_MS, SECOND_MS } from '../../core/lib/clock.ts'

/** How long a demo token is valid. */
export const DEMO_TOKEN_LIFE_MS = HOUR_MS

/** Tells a demo token from a JSON Web Token, which starts with the base64url of a JSON object. */
const PREFIX = 'demo.'

/** Longer texts are not tokens of ours. */
const TOKEN_MAX_LENGTH = 1_024

export type VerifiedDemoToken = { ok: true; userId: string } | { ok: false; code: 'invalid_token' | 'token_expired' }

/** Whether a bearer claims to be a demo token. */
export function isDemoToken(bearer: string): boolean {
  return bearer.startsWith(PREFIX)
}

/**
 * Signs in a user of the demo project without an identity provider. Only for the demo project: whoever can have tokens
 * minted can be anybody. The secret is the process's own and is shown to nobody.
 */
export function mintDemoToken(secret: string | Buffer, userId: string, now: number): string {
  const claims = { sub: userId, exp: Math.floor((now + DEMO_TOKEN_LIFE_MS) / SECOND_MS) }
  const signed = PREFIX + Buffer.from(JSON.stringify(claims)).toString('base64url')
  return `${signed}.${signatureOf(secret, signed)}`
}

/** The user of a demo token. Errors: `invalid_token`; `token_expired`. */
export function verifyDemoToken(secret: string | Buffer, token: string, now: number): VerifiedDemoToken {
  const end = token.lastIndexOf('.')
  if (!isDemoToken(token) || token.length > TOKEN_MAX_LENGTH || end < PREFIX.length) return INVALID
  const signed = token.slice(0, end)
  if (!isEqual(token.slice(end + 1), signatureOf(secret, signed))) return INVALID
  const claims = readClaims(signed.slice(PREFIX.length))
  if (claims === null) return INVALID
  return now < claims.exp * SECOND_MS ? { ok: true, userId: claims.sub } : { ok: false, code: 'token_expired' }
}

const INVALID = { ok: false, code: 'invalid_token' } as const

function signatureOf(secret: string | Buffer, signed: string): string {
  return createHmac('sha256', secret).update(signed).digest('base64url')
}

function isEqual(given: string, expected: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(expected)]
  return one.length === other.length && timingSafeEqual(one, other)
}

/** The signature is ours, but a token could be minted for an id that nobody may have. */
function readClaims(payload: string): { sub: string; exp: number } | null {
  const { sub, exp } = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as { sub: unknown; exp: unknown }
  if (typeof sub !== 'string' || typeof exp !== 'number') return null
  const parsed = parseAppUserId(sub)
  return parsed.ok && parsed.value === sub ? { sub, exp } : null
}
