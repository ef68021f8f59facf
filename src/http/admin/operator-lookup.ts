import { SECOND_MS } from '../../core/lib/clock.ts'
import { isTokenShape, isUsable } from '../../core/operators/operator.ts'
import type { OperatorWithToken } from '../../usecases/ports/operators.ts'
import { ShortCache } from '../lib/short-cache.ts'
import type { AdminDeps } from './admin-deps.ts'

/** A revoked token, and a role that was taken away, may work for this long on a server that just saw the token. */
const TOKEN_LIFE_MS = 5 * SECOND_MS

/** Tokens kept at once: as many as there may be operators. */
const MAX_TOKENS = 1_000

/**
 * Finds the operator behind a bearer; null when it is no good token. A token in use costs one read of the database in
 * five seconds, and its end is kept to the millisecond.
 */
export function operatorLookup({ ctx, tokenSecrets }: Pick<AdminDeps, 'ctx' | 'tokenSecrets'>) {
  const known = new ShortCache<OperatorWithToken>(ctx.clock, { lifeMs: TOKEN_LIFE_MS, maxEntries: MAX_TOKENS })
  return async (bearer: string): Promise<OperatorWithToken | null> => {
    if (!isTokenShape(bearer)) return null
    const hash = tokenSecrets.hash(bearer)
    const found = await known.get(hash, () => ctx.read.operators.byTokenHash(hash))
    return found !== null && isUsable(found.token, ctx.clock.now()) ? found : null
  }
}
