import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { chromiumPath, debianPostgresBin } from '../../scripts/system-tools.mjs'

// These two make visible in the totals what this machine leaves out: vitest.config.ts drops the projects concerned.
const postgresBin = debianPostgresBin()
const chromium = chromiumPath()

it.skipIf(!postgresBin)(
  'integration tests run on Debian PostgreSQL too; skipped only because none is installed',
  () => {
    expect(execFileSync(`${postgresBin}/postgres`, ['--version'], { encoding: 'utf8' })).toMatch(/PostgreSQL\) 1[5-9]/)
  },
)

it.skipIf(!chromium)('browser tests run in Debian Chromium; skipped only because it is not installed', () => {
  expect(chromium).toBe('/usr/bin/chromium')
})
