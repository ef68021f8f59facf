import { MINUTE_MS } from '../../core/lib/clock.ts'
import { addPeriods, parsePeriod } from '../../core/lib/duration.ts'
import type { TestStorePace } from '../../core/projects/project.ts'

/** Minutes that a billing period lasts at the accelerated pace, by its length in days. RevenueCat's Test Store. */
const ACCELERATED_MINUTES: ReadonlyArray<readonly [daysMax: number, minutes: number]> = [
  [31, 5],
  [62, 10],
  [93, 15],
  [186, 30],
  [Number.POSITIVE_INFINITY, 60],
]

const DAYS = { D: 1, W: 7, M: 31, Y: 366 } as const

/** The end of the `times`-th period counted from an anchor, so that month ends do not drift. */
export function periodEnd(anchorAt: number, period: string, times: number, pace: TestStorePace): number {
  const parsed = parsePeriod(period)
  if (parsed === null) throw new Error(`broken invariant: '${period}' is a stored billing period`)
  if (pace === 'calendar') return addPeriods(anchorAt, parsed, times)
  const days = parsed.count * DAYS[parsed.unit]
  const [, minutes] = ACCELERATED_MINUTES.find(([daysMax]) => days <= daysMax) ?? [0, 60]
  return anchorAt + times * minutes * MINUTE_MS
}
