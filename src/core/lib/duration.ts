const PATTERN = /^P([1-9][0-9]{0,3})([DWMY])$/

/** A period such as `P1W`, `P3M` or `P1Y`: one number and one unit, the only form the SDKs read. */
export type Period = { count: number; unit: 'D' | 'W' | 'M' | 'Y' }

/** Reads an ISO 8601 duration of one unit; null when it is anything else. */
export function parsePeriod(text: string): Period | null {
  const match = PATTERN.exec(text)
  if (match === null) return null
  return { count: Number(match[1]), unit: match[2] as Period['unit'] }
}

/**
 * The instant one or more periods after `startAt`, in UTC. Months keep the day of the month where it
 * exists and fall back to the month's last day (31 January + 1 month = 28 or 29 February), counted
 * from the given start, so that repeated periods from one anchor do not drift.
 */
export function addPeriods(startAt: number, period: Period, times = 1): number {
  const total = period.count * times
  const date = new Date(startAt)
  if (period.unit === 'D' || period.unit === 'W') {
    date.setUTCDate(date.getUTCDate() + total * (period.unit === 'W' ? 7 : 1))
    return date.getTime()
  }
  const months = total * (period.unit === 'Y' ? 12 : 1)
  const day = date.getUTCDate()
  date.setUTCDate(1)
  date.setUTCMonth(date.getUTCMonth() + months)
  const lastDay = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate()
  date.setUTCDate(Math.min(day, lastDay))
  return date.getTime()
}
