import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { APP_USER_ID_MAX_LENGTH, isAnonymousId, parseAppUserId } from './app-user-id.ts'

describe('an app user id', () => {
  test.each([
    'anna',
    'Anna',
    'a b',
    'anna@example.com',
    'ключ',
    '🐈',
    'NULL',
    'Guest',
    '00',
    '$RCAnonymousID:0123456789abcdef0123456789abcdef',
  ])('%j names a person, letter by letter as given', (id) => {
    expect(parseAppUserId(id)).toEqual({ ok: true, value: id })
  })

  test('loses surrounding blanks, so that an app on iOS and one elsewhere mean the same person', () => {
    expect(parseAppUserId(' \t anna\n')).toEqual({ ok: true, value: 'anna' })
  })

  test.each(['', ' ', '\t\n', '\u00a0'])('%j is empty, which has an error of its own', (id) => {
    expect(parseAppUserId(id)).toEqual({ ok: false, refusal: { code: 'app_user_id_empty' } })
  })

  test.each([
    'no_user',
    'null',
    'none',
    'nil',
    '(null)',
    'NaN',
    '\\x00',
    'unidentified',
    'undefined',
    'unknown',
    'anonymous',
    'guest',
    '-1',
    '0',
    '[]',
    '{}',
    '[object Object]',
    ' null ',
  ])('%j is a bug of an app and must not become a customer that everybody shares', (id) => {
    expect(parseAppUserId(id)).toMatchObject({ ok: false, refusal: { code: 'app_user_id_invalid' } })
  })

  test.each(['a/b', '/', '../admin', 'a\u0000b', 'a\u0007b', 'a\u0085b', 'a\ud800'])(
    '%j is refused: it cannot be stored, or leads to another path',
    (id) => {
      expect(parseAppUserId(id)).toMatchObject({ ok: false, refusal: { code: 'app_user_id_invalid' } })
    },
  )

  test('may have as many characters as the API allows, counted as people count them, and not one more', () => {
    const longest = '🐈'.repeat(APP_USER_ID_MAX_LENGTH)
    expect(APP_USER_ID_MAX_LENGTH).toBe(100)
    expect(parseAppUserId(longest)).toEqual({ ok: true, value: longest })
    expect(parseAppUserId(`${longest}a`)).toMatchObject({ refusal: { code: 'app_user_id_invalid' } })
  })

  test('that was accepted is accepted again unchanged: what is stored can always be asked for', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 120 }), (text) => {
        const parsed = parseAppUserId(text)
        if (parsed.ok) expect(parseAppUserId(parsed.value)).toEqual(parsed)
      }),
    )
  })
})

describe('an anonymous id', () => {
  test('is what the SDKs generate: a prefix and 32 lower-case hexadecimal digits', () => {
    expect(isAnonymousId('$RCAnonymousID:0123456789abcdef0123456789abcdef')).toBe(true)
  })

  test.each([
    '$RCAnonymousID:',
    '$RCAnonymousID:0123456789abcdef0123456789abcde',
    '$RCAnonymousID:0123456789abcdef0123456789abcdef0',
    '$RCAnonymousID:0123456789ABCDEF0123456789ABCDEF',
    '$RCAnonymousID:01234567-89ab-cdef-0123-456789abcdef',
    'x$RCAnonymousID:0123456789abcdef0123456789abcdef',
    '0123456789abcdef0123456789abcdef',
    'anna',
  ])('%j is not one: guessable ids must not be joined to others without a log-in', (id) => {
    expect(isAnonymousId(id)).toBe(false)
  })
})
