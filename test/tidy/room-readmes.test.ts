import { expect, it } from 'vitest'
import { countLines, exists, filesBelow, foldersIn, isProgram, read } from './source-tree.ts'

/** A page: what does not fit is a sign that the room holds two ideas. */
const MAX_LINES = 60

/** Rooms of shared small parts explain themselves file by file. */
const WITHOUT = new Set(['src/core/lib', 'src/stores/lib'])

function rooms(): string[] {
  const folders = [...foldersIn('src/core'), ...foldersIn('src/stores')]
  return folders.filter((folder) => !WITHOUT.has(folder) && filesBelow(folder, '.ts').length > 0)
}

it('each room of core and stores has a README of at most a page: meaning, rules, invariants', () => {
  const faults = rooms().flatMap((room) => {
    const path = `${room}/README.md`
    if (!exists(path)) return [`${path} is missing`]
    const lines = countLines(read(path))
    return lines > MAX_LINES ? [`${path} has ${lines} lines`] : []
  })
  expect(faults).toEqual([])
  if (isProgram) expect(rooms().length).toBeGreaterThan(0)
})
