import { SECOND_MS } from '../../core/lib/clock.ts'
import { ok, type Result, refuse } from '../../core/lib/result.ts'
import { TOPIC_MAX_LENGTH, TOPICS_MAX } from '../../usecases/realtime/own-topics.ts'

/** Longest wait of a poll: below the minute after which most proxies give a silent request up. */
export const WAIT_MAX_MS = 30 * SECOND_MS
export const WAIT_DEFAULT_MS = 25 * SECOND_MS

export type StreamFault = 'invalid_cursor' | 'invalid_topic' | 'invalid_wait'

export type StreamQuery = { topics: string[]; cursor: number | null; waitMs: number }

/**
 * Reads the query of a stream or a poll. `Last-Event-ID` is newer than the `cursor` of an address, which a browser
 * repeats as it is. Unknown parameters are ignored.
 */
export function parseStreamQuery(
  query: Readonly<Record<string, unknown>>,
  lastEventId: string | string[] | undefined,
): Result<StreamQuery, StreamFault> {
  const cursorText = lastEventId === undefined || lastEventId === '' ? query.cursor : lastEventId
  const cursor = cursorText === undefined ? null : wholeNumber(cursorText)
  if (cursor === undefined) return refuse('invalid_cursor')
  const waitMs = query.wait_ms === undefined ? WAIT_DEFAULT_MS : wholeNumber(query.wait_ms)
  if (waitMs === undefined || waitMs > WAIT_MAX_MS) return refuse('invalid_wait')
  const topics = query.topic === undefined ? [] : [query.topic].flat()
  if (topics.length > TOPICS_MAX || !topics.every(isShortText)) return refuse('invalid_topic')
  return ok({ topics, cursor, waitMs })
}

function isShortText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= TOPIC_MAX_LENGTH
}

function wholeNumber(value: unknown): number | undefined {
  if (typeof value !== 'string' || !/^\d{1,16}$/.test(value)) return undefined
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : undefined
}
