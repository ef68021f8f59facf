import { randomFillSync } from 'node:crypto'

/** Random bytes fetched at a time: the call into the generator costs more than the bytes do. */
const POOL_BYTES = 4_096

/** Gives random bytes of the system's generator in hex, each only once. */
export function randomHex(): (count: number) => string {
  const pool = Buffer.alloc(POOL_BYTES)
  let used = POOL_BYTES
  return (count) => {
    if (used + count > POOL_BYTES) {
      randomFillSync(pool)
      used = 0
    }
    used += count
    return pool.toString('hex', used - count, used)
  }
}
