import pg from 'pg'
import { assert } from '../core/lib/assert.ts'

/**
 * How values come out of the database: times as epoch milliseconds, 64-bit integers as exact numbers. The driver's own
 * date objects are the largest cost of a read (measured), and its text for 64-bit integers invites string arithmetic.
 */
export const wireTypes = {
  getTypeParser(oid: number, format?: string): unknown {
    if (oid === pg.types.builtins.TIMESTAMPTZ) return parseTime
    if (oid === pg.types.builtins.INT8) return parseBigint
    return pg.types.getTypeParser(oid, format as 'text')
  },
}

/** The text form of an instant for a parameter; null stays null. */
export function timeOf(at: number | null): string | null {
  if (at === null) return null
  if (at !== lastTime.at) lastTime = { at, text: new Date(at).toISOString() }
  return lastTime.text
}

/** Rows that are written together mostly have one time, and its text costs more than the comparison. */
let lastTime = { at: 0, text: new Date(0).toISOString() }

/** `2026-05-04 10:00:00.123+00`: sessions run in UTC, and PostgreSQL leaves trailing zeros out. */
function parseTime(text: string): number {
  const time = Date.parse(`${text.slice(0, 10)}T${text.slice(11).replace('+00', 'Z')}`)
  assert(!Number.isNaN(time), 'the database sends times in ISO style and UTC')
  return time
}

function parseBigint(text: string): number {
  const number = Number(text)
  assert(Number.isSafeInteger(number), 'a stored integer is exact')
  return number
}
