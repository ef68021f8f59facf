import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { editDistance, suggestName } from './suggest.ts'

const known = ['PURSER_PORT', 'PURSER_HOST', 'DATABASE_URL', 'PURSER_LOG_LEVEL', 'PURSER_ADMIN_SECRET']

describe('suggestName', () => {
  it.each([
    ['PURSER_PROT', 'PURSER_PORT'],
    ['purser_port', 'PURSER_PORT'],
    ['PURSER_ADMIN_SECRETS', 'PURSER_ADMIN_SECRET'],
    ['PURSER_DATABASE_URL', 'DATABASE_URL'],
    ['PURSER_LOGLEVEL', 'PURSER_LOG_LEVEL'],
  ])('finds what %s meant', (unknown, meant) => {
    expect(suggestName(unknown, known)).toBe(meant)
  })

  it('is silent when nothing is near or the name is too long to compare', () => {
    expect(suggestName('PURSER_TELEMETRY_ENDPOINT', known)).toBeUndefined()
    expect(suggestName(`PURSER_${'A'.repeat(10_000)}`, known)).toBeUndefined()
  })
})

describe('editDistance', () => {
  it('counts a swap of neighbours once', () => {
    expect([editDistance('PROT', 'PORT'), editDistance('', 'abc'), editDistance('abc', 'abc')]).toEqual([1, 3, 0])
  })

  it('is symmetric, zero only for equal words, and at most the longer length', () => {
    const word = fc.string({ maxLength: 12 })
    fc.assert(
      fc.property(word, word, (a, b) => {
        const distance = editDistance(a, b)
        expect(distance).toBe(editDistance(b, a))
        expect(distance === 0).toBe(a === b)
        expect(distance).toBeLessThanOrEqual(Math.max(a.length, b.length))
      }),
    )
  })
})
