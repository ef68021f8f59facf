import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { PENDING, TRAPS } from './trap-list.ts'

const ROOT = join(import.meta.dirname, '..', '..', '..')
const NAMED = /(?:\btest|\bit)(?:\.each\([\s\S]*?\))?\(\s*['"`]trap (\d+): /g

/** The numbers of all traps that a test is named after. */
function shownTraps(): Set<number> {
  const files = globSync('{src,test}/**/*.test.ts', { cwd: ROOT })
  const texts = files.map((file) => readFileSync(join(ROOT, file), 'utf8'))
  return new Set(texts.flatMap((text) => [...text.matchAll(NAMED)].map((match) => Number(match[1]))))
}

const byNumber = (one: number, other: number) => one - other

test('each of the 62 traps is either shown by a test that names it or waits for a store, and not both', () => {
  const pending = Object.values(PENDING).flat()
  const accounted = [...shownTraps(), ...pending].sort(byNumber)
  expect(accounted).toEqual(Object.keys(TRAPS).map(Number).sort(byNumber))
  expect(accounted).toHaveLength(62)
})

for (const [store, numbers] of Object.entries(PENDING)) {
  for (const number of numbers) test.todo(`trap ${number}: ${TRAPS[number]}, pending because it needs ${store}`)
}
