import fc from 'fast-check'
import { expect, test } from 'vitest'
import { pageOf } from './list-page.ts'

const itself = (item: string) => item

test('pages follow each other without a gap or a repeat, whatever their size', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.string(), { maxLength: 150 }), fc.integer({ min: -3, max: 120 }), (all, limit) => {
      const seen: string[] = []
      let after: string | null = null
      do {
        const page: { items: string[]; next: string | null } = pageOf(
          all,
          itself,
          after === null ? { limit } : { limit, starting_after: after },
        )
        expect(page.items.length).toBeLessThanOrEqual(Math.min(Math.max(limit, 1), 100))
        seen.push(...page.items)
        after = page.next
      } while (after !== null)
      expect(seen).toEqual(all)
    }),
  )
})

test('a page has 20 entries when nothing is said, and the last one has no next', () => {
  const all = Array.from({ length: 40 }, (_, index) => `c${index}`)
  expect(pageOf(all, itself, {})).toMatchObject({ next: 'c19', limit: 20 })
  expect(pageOf(all, itself, { starting_after: 'c19' }).next).toBeNull()
  expect(pageOf(all, itself, { starting_after: 'c39' })).toEqual({ items: [], next: null, limit: 20 })
})

test('a cursor that names nothing is refused', () => {
  expect(() => pageOf(['a'], itself, { starting_after: 'b' })).toThrow('Resource not found')
})
