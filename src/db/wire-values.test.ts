import fc from 'fast-check'
import pg from 'pg'
import { describe, expect, test } from 'vitest'
import { timeOf, wireTypes } from './wire-values.ts'

const parse = (oid: number, text: string) => (wireTypes.getTypeParser(oid) as (text: string) => unknown)(text)

describe('a time', () => {
  test.each([
    ['2026-05-04 10:00:00+00', '2026-05-04T10:00:00.000Z'],
    ['2026-05-04 10:00:00.1+00', '2026-05-04T10:00:00.100Z'],
    ['2026-05-04 10:00:00.123+00', '2026-05-04T10:00:00.123Z'],
    ['1970-01-01 00:00:00+00', '1970-01-01T00:00:00.000Z'],
  ])('%s comes out of the database as its instant', (text, iso) => {
    expect(parse(pg.types.builtins.TIMESTAMPTZ, text)).toBe(Date.parse(iso))
  })

  test.each(['2026-05-04 12:00:00+02', '0044-03-15 00:00:00+00 BC', 'infinity', ''])(
    '%j is not what a session in UTC sends, and is not guessed at',
    (text) => {
      expect(() => parse(pg.types.builtins.TIMESTAMPTZ, text)).toThrow('in ISO style and UTC')
    },
  )

  test('goes in and comes out to the millisecond, also where the database leaves zeros out', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4e12 }), (at) => {
        const sent = timeOf(at) ?? ''
        const stored = sent.replace('T', ' ').replace(/\.?0*Z$/, '+00')
        expect(parse(pg.types.builtins.TIMESTAMPTZ, stored)).toBe(at)
      }),
    )
  })

  test('that is missing stays missing', () => {
    expect(timeOf(null)).toBeNull()
  })
})

describe('a 64-bit integer', () => {
  test('is an exact number', () => {
    expect(parse(pg.types.builtins.INT8, '2000000000')).toBe(2_000_000_000)
    expect(parse(pg.types.builtins.INT8, '-9007199254740991')).toBe(Number.MIN_SAFE_INTEGER)
  })

  test('that a number cannot hold exactly is a fault, not a rounded balance', () => {
    expect(() => parse(pg.types.builtins.INT8, '9007199254740993')).toThrow('a stored integer is exact')
  })
})
