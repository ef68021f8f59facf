import type { Reporter, SerializedError, TestModule } from 'vitest/node'

/** The closing line in plain words, for people and for scripts that read totals. Failures outside tests count too. */
export default class TotalsReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    const totals = countTests(modules)
    const failed = totals.failed + unhandledErrors.length
    const skipped = totals.skipped > 0 ? `, ${totals.skipped} skipped` : ''
    process.stdout.write(`${totals.passed} passed, ${failed} failed${skipped}\n`)
  }
}

function countTests(modules: readonly TestModule[]): { passed: number; failed: number; skipped: number } {
  const totals = { passed: 0, failed: 0, skipped: 0 }
  for (const module of modules) {
    const failedBefore = totals.failed
    for (const test of module.children.allTests()) {
      const { state } = test.result()
      // A test still pending at the end never ran: the run was cut off, which is no success.
      totals[state === 'pending' ? 'failed' : state] += 1
    }
    // A file that could not be loaded, or whose hook failed, has no failed test to be seen by.
    if (module.state() === 'failed' && totals.failed === failedBefore) totals.failed += 1
  }
  return totals
}
