import { expect, it } from 'vitest'
import { createMetrics } from '../../src/telemetry/metrics.ts'
import { read } from './source-tree.ts'

it('every metric of ours is explained to those who watch the server', async () => {
  const shown = await createMetrics().render()
  const names = [...shown.matchAll(/^# TYPE (purser_\w+)/gm)].map(([, name]) => name)
  expect(names.length).toBeGreaterThan(10)
  const pages = read('docs/operate/metrics.md') + read('docs/realtime.md')
  expect(names.filter((name) => !pages.includes(`\`${name}`))).toEqual([])
})
