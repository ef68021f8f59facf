import { expect, it } from 'vitest'
import { parseIsoTime } from './iso-time.ts'

it.each([
  ['2026-05-04T10:00:00Z', Date.UTC(2026, 4, 4, 10)],
  ['2026-05-04T10:00Z', Date.UTC(2026, 4, 4, 10)],
  ['2026-05-04T12:00:00.5+02:00', Date.UTC(2026, 4, 4, 10, 0, 0, 500)],
  ['0001-01-01T00:00:00Z', -62_135_596_800_000],
  ['9999-12-31T23:59:59.999Z', 253_402_300_799_999],
])('%s is an instant', (text, at) => {
  expect(parseIsoTime(text)).toBe(at)
})

it.each([
  '',
  '2026-05-04',
  '2026-05-04T10:00:00',
  '2026-13-04T10:00:00Z',
  '1777888800000',
  '0000-12-31T00:00:00Z',
  '0001-01-01T00:00:00+14:00',
  '9999-12-31T23:59:59-14:00',
  '+010000-01-01T00:00:00Z',
])('%j is none that the database could be asked for', (text) => {
  expect(parseIsoTime(text)).toBeNull()
})
