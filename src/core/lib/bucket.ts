/**
 * Number of buckets that customer-scoped rows are spread over. Fixed for ever: it is part of every
 * primary key, and leaves room for a thousand shards.
 */
export const BUCKET_COUNT = 1024

/**
 * The bucket of a key: a stable hash (32-bit FNV-1a over Unicode code points, then a finaliser so that
 * keys that differ only at the end still spread). Must never change: stored rows depend on it.
 */
export function bucketOf(...keyParts: string[]): number {
  let hash = 0x811c9dc5
  for (const character of keyParts.join('\n')) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193)
  }
  hash ^= hash >>> 16
  hash = Math.imul(hash, 0x85ebca6b)
  hash ^= hash >>> 13
  return (hash >>> 0) % BUCKET_COUNT
}
