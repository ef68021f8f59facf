import { createRequire } from 'node:module'
import { expect, it } from 'vitest'
import { readViewer, viewerPaths } from './viewer-file.ts'

const require = createRequire(import.meta.url)

it('the viewer that the reference page needs is found without a build', async () => {
  const file = await readViewer(viewerPaths())
  expect(viewerPaths()).toContain(require.resolve('rapidoc/dist/rapidoc-min.js'))
  expect(file?.toString().slice(0, 200)).toContain('rapidoc-min.js.LICENSE.txt')
})

it('a built program looks beside itself first', () => {
  expect(viewerPaths()[0]).toMatch(/[/\\]assets[/\\]rapidoc-min\.js$/)
})
