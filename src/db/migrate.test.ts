import { describe, expect, test } from 'vitest'
import { type Migration, pendingMigrations } from './migrate.ts'

function migration(number: number, checksum = `sum${number}`): Migration {
  return { number, name: `step_${number}`, sql: 'select 1', checksum }
}

const RELEASED = [migration(1), migration(2), migration(3)]

describe('pending migrations', () => {
  test('are those that the database has not seen, in order', () => {
    expect(pendingMigrations(RELEASED, []).map(({ number }) => number)).toEqual([1, 2, 3])
    expect(pendingMigrations(RELEASED, [migration(1), migration(2)]).map(({ number }) => number)).toEqual([3])
    expect(pendingMigrations(RELEASED, RELEASED)).toEqual([])
  })

  test('of a database that a newer version changed are refused, and the text says what to start', () => {
    expect(() => pendingMigrations(RELEASED, [...RELEASED, migration(4)])).toThrow(
      'the database has migration 4 (step_4), which this version of Purser does not know: start the newer version',
    )
  })

  test('of a file that was edited after its release are refused', () => {
    expect(() => pendingMigrations(RELEASED, [migration(1), migration(2, 'edited')])).toThrow(
      'migration 2 (step_2) was changed after it was applied',
    )
  })
})
