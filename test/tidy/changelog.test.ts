import { expect, it } from 'vitest'
import { exists, isProgram, read } from './source-tree.ts'

it('the changelog has a heading for what is coming or for a version', () => {
  if (isProgram || exists('CHANGELOG.md')) expect(read('CHANGELOG.md')).toMatch(/^## \[?(Unreleased|\d+\.\d+\.\d+)\b/m)
  else expect(isProgram).toBe(false)
})
