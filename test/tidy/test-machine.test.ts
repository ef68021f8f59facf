import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { chromiumPath, debianPostgresBin, redisServerPath } from '../../scripts/system-tools.mjs'

// These make visible in the totals what this machine leaves out: vitest.config.ts drops the projects concerned.
const postgresBin = debianPostgresBin()
const chromium = chromiumPath()
const redis = redisServerPath()

it.skipIf(!postgresBin)(
  'integration tests run on Debian PostgreSQL too; skipped only because none is installed',
  () => {
    expect(execFileSync(`${postgresBin}/postgres`, ['--version'], { encoding: 'utf8' })).toMatch(/PostgreSQL\) 1[5-9]/)
  },
)

it.skipIf(!chromium)('browser tests run in Debian Chromium; skipped only because it is not installed', () => {
  expect(chromium).toBe('/usr/bin/chromium')
})

it.skipIf(!redis)('the chaos test kills a Redis of Debian; skipped only because none is installed', () => {
  expect(execFileSync(`${redis}`, ['--version'], { encoding: 'utf8' })).toMatch(/^Redis server v=\d+/)
})
