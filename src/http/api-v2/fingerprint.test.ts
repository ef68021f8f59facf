import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fingerprintOf } from './fingerprint.ts'

const of = (body: unknown, path = ['v2', 'a'], query: unknown = {}) => fingerprintOf('POST', path, query, body)

test('the order of names makes no difference, at any depth', () => {
  expect(of({ a: { x: 1, y: [{ p: 1, q: 2 }] }, b: 2 })).toBe(of({ b: 2, a: { y: [{ q: 2, p: 1 }], x: 1 } }))
})

test('everything else does', () => {
  const all = [of({ a: 1 }), of({ a: '1' }), of({ a: null }), of({}), of([]), of(null), of({ a: [1] }), of([['a', 1]])]
  const more = [of({ a: 1 }, ['v2', 'b']), of({ a: 1 }, ['v2/a']), of({ a: 1 }, ['v2', 'a'], { limit: 1 })]
  expect(new Set([...all, ...more]).size).toBe(all.length + more.length)
})

test('two bodies have one fingerprint only when they are the same', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.integer()), fc.dictionary(fc.string(), fc.integer()), (one, other) => {
      const isSame =
        Object.keys(one).length === Object.keys(other).length &&
        Object.entries(one).every(([name, value]) => Object.hasOwn(other, name) && other[name] === value)
      expect(of(one) === of(other)).toBe(isSame)
    }),
  )
})
