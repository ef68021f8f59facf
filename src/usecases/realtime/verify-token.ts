import { ok, type Result, refuse } from '../../core/lib/result.ts'
import type { RealtimeToken } from '../ports/realtime.ts'
import type { Ctx } from '../ports.ts'
import type { TokenSecrets } from '../token-secrets.ts'

/** Longer texts are never one of our tokens and are not worth a hash. */
const TOKEN_MAX_LENGTH = 256

export type VerifyTokenDeps = {
  clock: Ctx['clock']
  realtimeTokens: Ctx['read']['realtimeTokens']
  secrets: Pick<TokenSecrets, 'hash'>
}

export type TokenRefusal = { code: 'invalid_token' } | { code: 'token_expired' }

/**
 * Reads what a socket token allows. A token may be used again until it expires, so that a dropped line can be
 * opened anew. Errors: `invalid_token`; `token_expired`.
 */
export async function verifyToken(deps: VerifyTokenDeps, token: string): Promise<Result<RealtimeToken, TokenRefusal>> {
  if (token === '' || token.length > TOKEN_MAX_LENGTH) return refuse({ code: 'invalid_token' })
  const found = await deps.realtimeTokens.find(deps.secrets.hash(token))
  if (found === null) return refuse({ code: 'invalid_token' })
  return deps.clock.now() < found.expiresAt ? ok(found) : refuse({ code: 'token_expired' })
}
