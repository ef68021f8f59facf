/** One figure beside the limit that it is measured against, both of the same run. */
export type Measurement = {
  name: string
  value: number
  unit: string
  /** The limit in the same unit; null when the figure stands for itself. */
  baseline: number | null
  /** How much of the limit is reached; null without one. */
  ratio: number | null
}

export type Benchmark = {
  name: string
  /** Takes minutes: runs only when it is named. */
  isLong?: boolean
  run(): Promise<Measurement[]>
}

export function against(name: string, unit: string, value: number, baseline: number): Measurement {
  return { name, value, unit, baseline, ratio: baseline === 0 ? null : value / baseline }
}

export function alone(name: string, unit: string, value: number): Measurement {
  return { name, value, unit, baseline: null, ratio: null }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

/** The figures as a table for people. */
export function tableOf(measurements: readonly Measurement[]): string {
  const rows = [
    ['benchmark', 'value', 'limit', 'ratio', 'unit'],
    ...measurements.map((one) => [
      one.name,
      rounded(one.value),
      one.baseline === null ? '' : rounded(one.baseline),
      one.ratio === null ? '' : one.ratio.toFixed(2),
      one.unit,
    ]),
  ]
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? []
  const line = (row: string[]) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
  return rows.map(line).join('\n')
}

function rounded(value: number): string {
  return value >= 100 ? Math.round(value).toString() : value.toFixed(2)
}
