import { describe, expect, it } from 'vitest'
import { ShortCache } from './short-cache.ts'

function cacheOf(maxEntries = 10) {
  const clock = { time: 1_000_000, now: () => clock.time }
  const cache = new ShortCache<string>(clock, { lifeMs: 5_000, maxEntries })
  const loads: string[] = []
  const get = (key: string, value: string | null = key) =>
    cache.get(key, async () => {
      loads.push(key)
      return value
    })
  return { clock, loads, get }
}

describe('ShortCache', () => {
  it('answers from memory until the time is over, and not an instant longer', async () => {
    const { clock, loads, get } = cacheOf()
    expect(await get('a')).toBe('a')
    clock.time += 4_999
    expect(await get('a', 'changed')).toBe('a')
    clock.time += 1
    expect(await get('a', 'changed')).toBe('changed')
    expect(loads).toEqual(['a', 'a'])
  })

  it('asks again when the clock was set back, or a value could stay for ever', async () => {
    const { clock, loads, get } = cacheOf()
    await get('a')
    clock.time -= 60_000
    await get('a')
    expect(loads).toHaveLength(2)
  })

  it('does not keep what was not found: a new key works at once', async () => {
    const { get } = cacheOf()
    expect(await get('a', null)).toBeNull()
    expect(await get('a')).toBe('a')
  })

  it('keeps a bounded number of entries, dropping the oldest', async () => {
    const { loads, get } = cacheOf(2)
    for (const key of ['a', 'b', 'c', 'b', 'c', 'a']) await get(key)
    expect(loads).toEqual(['a', 'b', 'c', 'a'])
  })
})
