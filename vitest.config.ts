import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config'
import { chromiumPath, debianPostgresBin, redisServerPath } from './scripts/system-tools.mjs'
import { testPlaces } from './test/support/test-places.ts'

/** Projects run in this order, so that a broken unit is seen before a slow story that needs it. */
const order = { unit: 0, integration: 1, simulation: 2, e2e: 3, crash: 4, chaos: 5 }

/** The machine Purser is built on has two cores; more workers only make timings worse. */
const WORKERS = 2

/** Enough for the seeds of a night; see test/simulation/README.md. */
const SIMULATION_TIMEOUT_MS = 8 * 60 * 60_000

const postgresBin = debianPostgresBin()
const chromium = chromiumPath()
const redis = redisServerPath()

/** The same tests on Purser's embedded server (the newest major) and on Debian's (the oldest that Purser supports). */
function integration(engine: 'embedded' | 'debian', env: Record<string, string> = {}): TestProjectInlineConfiguration {
  return {
    test: {
      name: `integration-${engine}`,
      include: testPlaces.integration,
      env: { PURSER_TEST_ENGINE: engine, ...env },
      globalSetup: 'test/support/database.ts',
      maxWorkers: WORKERS,
      testTimeout: 30_000,
      hookTimeout: 60_000,
      sequence: { groupOrder: order.integration },
    },
  }
}

/**
 * Thousands of seeded workloads: half of them on each server where there are two, side by side. What shows that the
 * auditor notices mistakes does so on one.
 */
function simulation(
  engine: 'embedded' | 'debian',
  include: string[],
  env: Record<string, string>,
): TestProjectInlineConfiguration {
  return {
    test: {
      name: `simulation-${engine}`,
      include,
      env: { PURSER_TEST_ENGINE: engine, ...env },
      globalSetup: 'test/support/database.ts',
      maxWorkers: WORKERS,
      testTimeout: SIMULATION_TIMEOUT_MS,
      hookTimeout: 60_000,
      sequence: { groupOrder: order.simulation },
    },
  }
}

/** Whole processes and browsers: one file at a time, because each of them wants the machine for itself. */
function sequential(
  name: 'e2e' | 'crash' | 'chaos',
  timeoutMs: number,
  env: Record<string, string>,
  globalSetup: string[] = [],
): TestProjectInlineConfiguration {
  return {
    test: {
      name,
      include: testPlaces[name],
      env: { PURSER_TEST_ENGINE: 'embedded', ...env },
      globalSetup,
      fileParallelism: false,
      testTimeout: timeoutMs,
      hookTimeout: timeoutMs,
      sequence: { groupOrder: order[name] },
    },
  }
}

const projects: TestProjectInlineConfiguration[] = [
  { test: { name: 'unit', include: testPlaces.unit, maxWorkers: WORKERS, testTimeout: 10_000 } },
  integration('embedded'),
]
if (postgresBin) {
  projects.push(integration('debian', { PURSER_TEST_POSTGRES_BIN: postgresBin }))
  projects.push(simulation('embedded', testPlaces.simulation, { PURSER_SIM_SHARE: '0/2' }))
  const env = { PURSER_SIM_SHARE: '1/2', PURSER_TEST_POSTGRES_BIN: postgresBin }
  projects.push(simulation('debian', ['test/simulation/seeds.test.ts'], env))
} else {
  projects.push(simulation('embedded', testPlaces.simulation, { PURSER_SIM_SHARE: '0/1' }))
  process.stderr.write('integration-debian and simulation-debian are left out because Debian has no PostgreSQL here\n')
}
if (chromium) projects.push(sequential('e2e', 60_000, { PURSER_TEST_CHROMIUM: chromium }))
else process.stderr.write('e2e is left out because /usr/bin/chromium is not here\n')
projects.push(sequential('crash', 300_000, {}))
if (redis) projects.push(sequential('chaos', 900_000, { PURSER_TEST_REDIS: redis }, ['test/support/database.ts']))
else process.stderr.write('chaos is left out because /usr/bin/redis-server is not here\n')

export default defineConfig({
  test: {
    projects,
    maxWorkers: WORKERS,
    reporters: ['default', './test/support/reporter.ts'],
  },
})
