import type { TransferProgress } from '../app/transfer.ts'
import type { Clock } from '../core/lib/clock.ts'

/** Often enough to look alive; more would only make the terminal work. */
const EVERY_MS = 100
const COLUMNS_DEFAULT = 80
const TO_LINE_START_AND_CLEAR = '\r\u001b[K'

export type Terminal = { isTTY?: boolean; columns?: number; write(text: string): unknown }

/** One line of a terminal that is written over and over. Says nothing where nobody watches, such as in a log file. */
export type ProgressLine = { rows(progress: TransferProgress): void; say(text: string): void; clear(): void }

/** `verb` says what is done, such as `exporting`. */
export function progressLine(terminal: Terminal, clock: Clock, verb: string): ProgressLine {
  if (terminal.isTTY !== true) return { rows: () => undefined, say: () => undefined, clear: () => undefined }
  const startedAt = clock.now()
  let shownAt = Number.NEGATIVE_INFINITY
  // A line as wide as the terminal would wrap, and then it cannot be written over.
  const say = (text: string) =>
    terminal.write(`${TO_LINE_START_AND_CLEAR}${text.slice(0, (terminal.columns ?? COLUMNS_DEFAULT) - 1)}`)
  return {
    say,
    clear: () => terminal.write(TO_LINE_START_AND_CLEAR),
    rows({ table, rows, of, total }) {
      const now = clock.now()
      if (now - shownAt < EVERY_MS) return
      shownAt = now
      const rate = now > startedAt ? `, ${count((total * 1_000) / (now - startedAt))} rows/s` : ''
      say(`${verb} ${table} ${count(rows)} of ${count(of)}; ${count(total)} rows in all${rate}`)
    },
  }
}

/** A whole number as people read it: `1,234,567`. */
export function count(number: number): string {
  return Math.round(number).toLocaleString('en-US')
}
