import { expect, it } from 'vitest'
import { readViewer, viewerPaths } from './viewer-file.ts'

it('the viewer that the reference page needs is found without a build', async () => {
  const file = await readViewer(viewerPaths())
  expect(file?.toString().slice(0, 200)).toContain('rapidoc-min.js.LICENSE.txt')
})

it('a built program looks beside itself first', () => {
  expect(viewerPaths()[0]).toMatch(/[/\\]assets[/\\]rapidoc-min\.js$/)
})
