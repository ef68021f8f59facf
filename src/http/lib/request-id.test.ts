import { describe, expect, it } from 'vitest'
import { requestIds } from './request-id.ts'

const idOf = requestIds((count) => new Uint8Array(count).fill(0xab))
const fresh = 'abababababababab'

describe('requestIds', () => {
  it('names a request with 16 lower-case hexadecimal digits from the given source', () => {
    expect(idOf({ headers: {} })).toBe(fresh)
  })

  it('keeps an id of exactly that form, in small letters', () => {
    expect(idOf({ headers: { 'x-request-id': '0123456789abcdef' } })).toBe('0123456789abcdef')
    expect(idOf({ headers: { 'x-request-id': '0123456789ABCDEF' } })).toBe('0123456789abcdef')
  })

  it.each([
    ['too short', '0123456789abcde'],
    ['too long', '0123456789abcdef0'],
    ['other characters', '0123456789abcdeg'],
    ['a line break after it', '0123456789abcdef\n'],
    ['a list', ['0123456789abcdef', '0123456789abcdef']],
    ['empty', ''],
  ])('replaces an id that is %s', (_name, value) => {
    expect(idOf({ headers: { 'x-request-id': value } })).toBe(fresh)
  })
})
