import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { withConformanceTable } from './describe-conformance.ts'

const page = readFileSync(new URL('../../docs/compatibility.md', import.meta.url), 'utf8')

it('docs/compatibility.md has the table of calls as it is generated', () => {
  expect(withConformanceTable(page), 'regenerate it with: npm run docs').toBe(page)
})

it('changes nothing else of the page, and says when its place is lost', () => {
  const twice = withConformanceTable(withConformanceTable(page))
  expect(twice).toBe(withConformanceTable(page))
  expect(() => withConformanceTable('# Another page')).toThrow('docs/compatibility.md has lost the line')
})
