import { describe, expect, test } from 'vitest'
import { BUCKET_COUNT, bucketOf } from './bucket.ts'

describe('a bucket', () => {
  // Computed by a second implementation in another language. A change here would orphan every stored row.
  test.each([
    [['proj1', 'anna'], 860],
    [['proj1', 'ben'], 216],
    [['proj2', 'anna'], 51],
    [['proj', '$RCAnonymousID:0123456789abcdef0123456789abcdef'], 27],
    [['proj', 'zoë 🐈'], 604],
    [['a'], 199],
    [[''], 257],
  ])('of %j is %i for ever', (parts, bucket) => {
    expect(BUCKET_COUNT).toBe(1024)
    expect(bucketOf(...parts)).toBe(bucket)
  })

  test.each([
    ['counted names', (index: number) => `user-${index}`],
    ['time-ordered ids', (index: number) => `cust${(1_700_000_000_000 + index).toString(16)}000abcdef0123456789`],
    ['anonymous ids', (index: number) => `$RCAnonymousID:${index.toString(16).padStart(32, '0')}`],
  ])('is about as full as any other, with %s', (_name, nameOf) => {
    const perBucket = 100
    const counts = new Array<number>(BUCKET_COUNT).fill(0)
    for (let index = 0; index < perBucket * BUCKET_COUNT; index++) {
      const bucket = bucketOf('proj', nameOf(index))
      counts[bucket] = (counts[bucket] ?? 0) + 1
    }
    // Six standard deviations of an even spread (10 each): chance does not reach them.
    expect(Math.min(...counts)).toBeGreaterThan(perBucket - 60)
    expect(Math.max(...counts)).toBeLessThan(perBucket + 60)
  })
})
