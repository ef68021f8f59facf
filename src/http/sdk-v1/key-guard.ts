import type { FastifyRequest, onRequestHookHandler } from 'fastify'
import { assert } from '../../core/lib/assert.ts'
import { SECOND_MS } from '../../core/lib/clock.ts'
import { keyShape } from '../../core/projects/api-keys.ts'
import type { App } from '../../core/projects/project.ts'
import type { SecretKey } from '../../usecases/ports.ts'
import { ShortCache } from '../lib/short-cache.ts'
import { bearerOf } from '../lib/user-identity.ts'
import type { SdkV1Deps } from './sdk-deps.ts'
import { SdkFault } from './sdk-fault.ts'

/** Whose request it is. */
export type SdkCaller =
  | { kind: 'public'; app: App; projectId: string }
  | { kind: 'secret'; keyId: string; projectId: string }

/**
 * Which keys open a route: an app's public key, a secret key for REST API v1, or either. A receipt needs `X-Platform`,
 * so there a secret key may come with it.
 */
export type KeyRule = 'public' | 'public_or_secret' | 'secret' | 'receipt'

/** Makes the onRequest hook of a route. */
export type KeyGuard = (rule: KeyRule) => onRequestHookHandler

declare module 'fastify' {
  interface FastifyRequest {
    sdkCaller?: SdkCaller
  }
}

/** A withdrawn key may work for this long on a server that just saw it; every call of an SDK looks its key up. */
const KEY_LIFE_MS = 5 * SECOND_MS

/** Keys kept at once; far more than a server has apps. */
const MAX_KEYS = 1_000

/**
 * Makes the check of API keys. Only keys that exist are kept, secret ones by their hash; looking up a hash takes a time
 * that says nothing about the key. RevenueCat REST API v1, authentication.
 */
export function keyGuard({ ctx, hashSecret }: Pick<SdkV1Deps, 'ctx' | 'hashSecret'>): KeyGuard {
  const apps = new ShortCache<App>(ctx.clock, { lifeMs: KEY_LIFE_MS, maxEntries: MAX_KEYS })
  const secrets = new ShortCache<SecretKey>(ctx.clock, { lifeMs: KEY_LIFE_MS, maxEntries: MAX_KEYS })
  const ownerOf = async (key: string): Promise<App | SecretKey | null> => {
    const shape = keyShape(key)
    if (shape === null) return null
    if (shape.kind === 'public') return apps.get(key, () => ctx.read.projects.appByPublicKey(key))
    const hash = hashSecret(key)
    return secrets.get(hash, () => ctx.read.projects.secretKeyByHash(hash))
  }
  return (rule) => (request, _reply, done) => {
    const admit = (owner: App | SecretKey | null) => {
      request.sdkCaller = callerFor(owner, rule, request)
    }
    const key = bearerOf(request.headers.authorization) ?? ''
    const known = apps.peek(key)
    // At once for an app that was just here, which is nearly every call: a promise costs as much as the rest of this.
    if (known === null)
      return void ownerOf(key)
        .then(admit)
        .then(() => done(), done)
    try {
      admit(known)
    } catch (error) {
      return done(error as SdkFault)
    }
    done()
  }
}

function callerFor(owner: App | SecretKey | null, rule: KeyRule, request: FastifyRequest): SdkCaller {
  // 7243 would say the opposite: that a secret key is where a public one belongs.
  if (owner === null || ('appId' in owner && rule === 'secret')) throw new SdkFault('key_invalid')
  if ('appId' in owner) return { kind: 'public', app: owner, projectId: owner.projectId }
  return secretCaller(owner, rule, request)
}

/** A secret key in an app is a leak, and `X-Platform` shows that an app sent it. */
function secretCaller(key: SecretKey, rule: KeyRule, request: FastifyRequest): SdkCaller {
  if (key.version !== 'v1') throw new SdkFault('key_of_other_version')
  const isFromApp = request.headers['x-platform'] !== undefined && rule !== 'receipt'
  if (rule === 'public' || isFromApp) throw new SdkFault('key_is_secret')
  return { kind: 'secret', keyId: key.keyId, projectId: key.projectId }
}

/** The caller of a route that has a guard. */
export function callerOf(request: FastifyRequest): SdkCaller {
  assert(request.sdkCaller !== undefined, 'a guarded route knows its caller')
  return request.sdkCaller
}

/** The secret key that calls a route for secret keys alone. */
export function secretKeyOf(request: FastifyRequest): { keyId: string; projectId: string } {
  const caller = callerOf(request)
  assert(caller.kind === 'secret', 'only servers pass the guard for secret keys')
  return caller
}

/** The app that calls a route for public keys alone. */
export function appOf(request: FastifyRequest): App {
  const caller = callerOf(request)
  assert(caller.kind === 'public', 'only apps pass the guard for public keys')
  return caller.app
}
