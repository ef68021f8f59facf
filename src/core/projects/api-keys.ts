import type { Store } from './project.ts'

/** Public app keys: their prefix names the store. RevenueCat REST API v1, key kinds. Longer prefixes first. */
const PUBLIC_PREFIXES: ReadonlyArray<readonly [prefix: string, store: Store]> = [
  ['rcb_sb_', 'rc_billing'],
  ['strp_sb_', 'stripe'],
  ['test_', 'test_store'],
  ['appl_', 'app_store'],
  ['mac_', 'mac_app_store'],
  ['goog_', 'play_store'],
  ['amzn_', 'amazon'],
  ['galx_', 'galaxy'],
  ['strp_', 'stripe'],
  ['rcb_', 'rc_billing'],
  ['pdl_', 'paddle'],
  ['roku_', 'roku'],
]

/** Longest key that is looked up; ours have under 60 characters, and longer input is not worth a query. */
export const API_KEY_MAX_LENGTH = 200

const KEY_PATTERN = /^[A-Za-z0-9_.-]+$/

/** What a presented key claims to be, from its shape alone. `null` when no key looks like this. */
export type KeyShape = { kind: 'public'; store: Store } | { kind: 'secret' }

export function keyShape(key: string): KeyShape | null {
  if (key.length > API_KEY_MAX_LENGTH || !KEY_PATTERN.test(key)) return null
  if (key.startsWith('sk_')) return { kind: 'secret' }
  const match = PUBLIC_PREFIXES.find(([prefix]) => key.startsWith(prefix) && key.length > prefix.length)
  return match === undefined ? null : { kind: 'public', store: match[1] }
}

/** The prefix that new public keys of a store get. */
export function publicKeyPrefix(store: Store): string {
  const match = PUBLIC_PREFIXES.find(([prefix, of]) => of === store && !prefix.endsWith('_sb_'))
  if (match === undefined) throw new Error(`broken invariant: no key prefix for store ${store}`)
  return match[0]
}

/** Which API a secret key opens. A key of one version is refused by the other. */
export type SecretKeyVersion = 'v1' | 'v2'
