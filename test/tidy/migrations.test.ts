import { expect, it } from 'vitest'
import { exists, filesBelow, isProgram } from './source-tree.ts'

const FOLDER = 'src/db/migrations'

function numberingFaults(names: string[]): string[] {
  return names.flatMap((name, index) => {
    const number = String(index + 1).padStart(4, '0')
    return new RegExp(`^${number}_[a-z0-9]+(_[a-z0-9]+)*\\.sql$`).test(name)
      ? []
      : [`${name} should be ${number}_name.sql`]
  })
}

it('notices a gap, a double number and a wrong name', () => {
  expect(numberingFaults(['0001_a.sql', '0002_b_c.sql'])).toEqual([])
  expect(numberingFaults(['0001_a.sql', '0003_b.sql'])).toHaveLength(1)
  expect(numberingFaults(['0001_a.sql', '0001_b.sql'])).toHaveLength(1)
  expect(numberingFaults(['0001-a.sql'])).toHaveLength(1)
  expect(numberingFaults(['0001_a.ts'])).toHaveLength(1)
})

it('migrations are numbered from 0001 without a gap, so that every database takes the same steps', () => {
  const names = filesBelow(FOLDER).map((path) => path.slice(FOLDER.length + 1))
  expect(numberingFaults(names)).toEqual([])
  if (isProgram) expect(names.length).toBeGreaterThan(0)
})

it('the schema that the migrations lead to is kept beside them, to be read in one piece', () => {
  expect(exists('src/db/schema.sql')).toBe(isProgram || exists('src/db/schema.sql'))
})
