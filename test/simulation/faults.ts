import type { Random } from './random.ts'

/**
 * What goes wrong at one statement.
 * - `cut_before`, `cut_after`: the server ends the connection before it gets the statement, or after it did it.
 * - `error`, `conflict`, `lock_timeout`: the server refuses the statement.
 * - `kill_before`, `kill_after`: the process is gone, and with it all that it was doing.
 * - `stall`: the statement waits, while others go on.
 */
export const FAULT_KINDS = [
  'cut_before',
  'cut_after',
  'error',
  'conflict',
  'lock_timeout',
  'kill_before',
  'kill_after',
  'stall',
] as const
export type FaultKind = (typeof FAULT_KINDS)[number]

/** At the `number`-th statement of the run, or at its `number`-th commit. `turns` of the event loop is how long a stall is. */
export type Fault = { at: 'statement' | 'commit'; number: number; kind: FaultKind; turns: number }

/** Statements between two faults: some operations get through, and none is far from one. */
const GAP = { min: 15, max: 220 }
const COMMIT_GAP = { min: 1, max: 10 }
/** Enough to meet each other. More would not find more, and each lost connection costs as much as ten requests. */
const FAULTS_MAX = 6
const COMMIT_FAULTS_MAX = 6
/** Long enough for a few operations of others. */
const TURNS_MAX = 60

const AT_STATEMENT = {
  cut_before: 3,
  cut_after: 2,
  error: 2,
  conflict: 2,
  lock_timeout: 1,
  kill_before: 1,
  kill_after: 1,
  stall: 4,
} as const
const AT_COMMIT = {
  cut_before: 2,
  cut_after: 9,
  error: 1,
  conflict: 2,
  kill_before: 1,
  kill_after: 3,
  stall: 2,
} as const

/** The faults of a run. How many there are differs, so that calm runs are seen too. */
export function planFaults(random: Random): Fault[] {
  const at = (place: Fault['at'], count: number, gap: typeof GAP): Fault[] => {
    let number = 0
    return Array.from({ length: count }, () => {
      number += random.between(gap.min, gap.max)
      const kind = place === 'commit' ? random.weighted(AT_COMMIT) : random.weighted(AT_STATEMENT)
      return { at: place, number, kind, turns: random.between(1, TURNS_MAX) }
    })
  }
  return [
    ...at('statement', random.between(0, FAULTS_MAX), GAP),
    ...at('commit', random.between(0, COMMIT_FAULTS_MAX), COMMIT_GAP),
  ]
}

/** Counts statements, and tells when one of them is to go wrong. */
export class FaultSchedule {
  isArmed = false
  /** Commits that were sent, less those whose end was heard of. */
  commitsUnheard = 0
  readonly met: Array<Fault & { text: string }> = []
  #statements = 0
  #commits = 0
  readonly #faults: readonly Fault[]

  constructor(faults: readonly Fault[]) {
    this.#faults = faults
  }

  /** The fault of the next statement; null when nothing happens to it. */
  next(text: string): Fault | null {
    if (!this.isArmed) return null
    this.#statements += 1
    if (text === 'commit') this.#commits += 1
    const fault = this.#faults.find(({ at, number }) =>
      at === 'commit' ? text === 'commit' && number === this.#commits : number === this.#statements,
    )
    if (fault === undefined) return null
    // A server does not refuse to roll back; what fails there is the connection.
    const isRefusal = fault.kind === 'error' || fault.kind === 'conflict' || fault.kind === 'lock_timeout'
    const kind = isRefusal && text === 'rollback' ? 'cut_before' : fault.kind
    this.met.push({ ...fault, kind, text })
    return { ...fault, kind }
  }
}
