import { matchesGlob } from 'node:path/posix'
import { expect, it } from 'vitest'
import { testPlaces } from '../support/test-places.ts'
import { filesBelow, read } from './source-tree.ts'
import { checksSomething, silentSkips } from './test-calls.ts'

const tests = filesBelow('.', '.test.ts')

it.each([
  "it.skip('x', f)",
  "describe.skip('x', f)",
  "test.only('x because y', f)",
  "it.skipIf(a)('x', f)",
  "it.runIf(a).each([1])('x', f)",
  'const later = it.skipIf(a)',
  "it.todo('x')",
  "it('x', { skip: true }, f)",
  "it('x', (context) => { context.skip() })",
])('%s is noticed', (text) => {
  expect(silentSkips('a.test.ts', text)).toHaveLength(1)
})

it.each(["it('x', f)", "it.skipIf(a)('x, because y', f)", "it.each([1])('x', f)", "// it.skip('x', f)"])(
  '%s is allowed',
  (text) => {
    expect(silentSkips('a.test.ts', text)).toEqual([])
  },
)

it('no test is left out without a name that says why, and none keeps others from running', () => {
  expect(tests.flatMap((path) => silentSkips(path, read(path)))).toEqual([])
})

it('every test file checks something', () => {
  expect(checksSomething('a.test.ts', "it('x', () => { run() }) // expect(1)")).toBe(false)
  expect(checksSomething('a.test.ts', 'fc.assert(property)')).toBe(true)
  expect(tests.filter((path) => !checksSomething(path, read(path)))).toEqual([])
})

it('every test file belongs to a project: in another place it would never run', () => {
  const globs = Object.values(testPlaces).flat()
  expect(tests.length).toBeGreaterThan(0)
  expect(tests.filter((path) => !globs.some((glob) => matchesGlob(path, glob)))).toEqual([])
})
