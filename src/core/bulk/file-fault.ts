/** Faults that are named in one answer: enough to see what kind of mistake it is. Reading ends at the last one. */
export const FAULTS_SHOWN_MAX = 100

/** Something in a file that cannot be meant. `column` is null when the fault is of the whole line. */
export type FileFault = { line: number; column: string | null; problem: string }

/** `line 7, amount: must be a whole number`. */
export function faultToText({ line, column, problem }: FileFault): string {
  return column === null ? `line ${line}: ${problem}` : `line ${line}, ${column}: ${problem}`
}
