import { randomFillSync } from 'node:crypto'

/** Random bytes fetched at a time: the call into the generator costs more than the bytes do. */
const POOL_BYTES = 4_096

/** Gives random bytes of the system's generator, each only once. */
export function randomPool(): (count: number) => Buffer {
  let pool = Buffer.alloc(0)
  let used = 0
  return (count) => {
    if (used + count > pool.length) {
      pool = randomFillSync(Buffer.alloc(POOL_BYTES))
      used = 0
    }
    used += count
    return pool.subarray(used - count, used)
  }
}
