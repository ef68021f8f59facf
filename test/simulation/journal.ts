import type { Answer } from './answer.ts'
import type { Request } from './request.ts'

/**
 * One sending of a request. `startedAt` and `endedAt` count what clients saw happen, not time: of two attempts, one was
 * over before the other began if its end is the smaller number.
 */
export type Attempt = {
  requestId: string
  request: Request
  startedAt: number
  endedAt: number
  answer: Answer
}

/** What the clients know: all that the auditor has beside the rows. */
export type Journal = { attempts: Attempt[]; tick: number; lines: string[] }

export function newJournal(): Journal {
  return { attempts: [], tick: 0, lines: [] }
}

/** Writes down that a request is sent; nothing is known of it until `closeAttempt`. */
export function openAttempt(journal: Journal, request: Request): Attempt {
  journal.tick += 1
  const number = journal.attempts.length.toString(16).padStart(4, '0')
  const attempt: Attempt = {
    requestId: `${request.id}.${number}`,
    request,
    startedAt: journal.tick,
    endedAt: Number.POSITIVE_INFINITY,
    answer: { kind: 'unknown', why: 'never answered' },
  }
  journal.attempts.push(attempt)
  note(journal, 'sent', { requestId: attempt.requestId, key: request.key, ...request.wish })
  return attempt
}

export function closeAttempt(journal: Journal, attempt: Attempt, answer: Answer): void {
  journal.tick += 1
  attempt.endedAt = journal.tick
  attempt.answer = answer
  note(journal, 'answered', { requestId: attempt.requestId, ...answer })
}

/** A line of the log that is kept of a failing seed. */
export function note(journal: Journal, what: string, facts: object = {}): void {
  journal.lines.push(`${journal.tick} ${what} ${JSON.stringify(facts)}`)
}
