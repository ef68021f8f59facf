import { MINUTE_MS } from '../lib/clock.ts'

/**
 * How an endpoint has fared lately. While the circuit is open, an endpoint that answers nothing well gets one probe at a
 * time, and what is meant for it waits without losing a retry.
 */
export type Circuit = {
  /** Failed attempts in a row, up to now. */
  failures: number
  failingSince: number | null
  openedAt: number | null
  /** When the next probe may be sent; null while the circuit is closed. */
  probeAt: number | null
}

/** One event that a receiver cannot stomach fails six times at most, so it never opens the circuit by itself. */
const FAILURES_TO_OPEN = 20
/** A restart or a deployment of a receiver is over by then; its events come with their first or second retry. */
const FAILING_TO_OPEN_MS = 10 * MINUTE_MS
/** After its recovery an endpoint waits at most this long. */
export const PROBE_EVERY_MS = MINUTE_MS

export const CLOSED: Circuit = { failures: 0, failingSince: null, openedAt: null, probeAt: null }

export function isOpen({ openedAt }: Circuit): boolean {
  return openedAt !== null
}

/** Whether anything may be sent: freely, as one probe, or not at all. */
export function passageOf({ probeAt }: Circuit, now: number): 'free' | 'probe' | 'none' {
  if (probeAt === null) return 'free'
  return probeAt <= now ? 'probe' : 'none'
}

/** The circuit after an attempt ended at an instant. A success closes it, whichever attempt it was. */
export function afterAttempt(circuit: Circuit, isSuccess: boolean, at: number): Circuit {
  if (isSuccess) return circuit.failures === 0 ? circuit : CLOSED
  const failingSince = circuit.failingSince ?? at
  const failing = { ...circuit, failures: circuit.failures + 1, failingSince }
  const opens = !isOpen(circuit) && failing.failures >= FAILURES_TO_OPEN && at - failingSince >= FAILING_TO_OPEN_MS
  return opens ? { ...failing, openedAt: at, probeAt: at + PROBE_EVERY_MS } : failing
}
