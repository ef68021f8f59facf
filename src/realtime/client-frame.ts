import { ok, type Result, refuse } from '../core/lib/result.ts'
import { type ErrorCode, PROTOCOL_VERSION } from './envelope.ts'

/** Largest frame of a client in bytes: a hundred topics of ordinary length, and nothing else is ever sent. */
export const CLIENT_FRAME_MAX_BYTES = 8 * 1024

export type ClientFrame =
  | { op: 'subscribe'; topics: string[]; cursor: number | null }
  | { op: 'unsubscribe'; topics: string[] }
  | { op: 'ping' }
  | { op: 'pong' }

export type FrameRefusal = { code: Exclude<ErrorCode, 'binary_not_supported' | 'too_many_topics'>; message: string }

/** Reads the text of one client frame. Unknown fields are ignored. Errors: `FrameRefusal`, with a message for people. */
export function parseClientFrame(text: string): Result<ClientFrame, FrameRefusal> {
  const value = parseJson(text)
  if (value === undefined) return refuse({ code: 'invalid_json', message: 'The frame is not JSON.' })
  if (!isRecord(value)) return invalid('The frame is not a JSON object.')
  if (value.v !== PROTOCOL_VERSION) {
    return refuse({ code: 'unsupported_version', message: `"v" is not ${PROTOCOL_VERSION}.` })
  }
  switch (value.op) {
    case 'subscribe':
      return parseSubscribe(value)
    case 'unsubscribe':
      return isTopicList(value.topics) ? ok({ op: 'unsubscribe', topics: value.topics }) : invalid(TOPICS_MESSAGE)
    case 'ping':
    case 'pong':
      return ok({ op: value.op })
    default:
      if (typeof value.op !== 'string') return invalid('"op" is not a string.')
      return refuse({ code: 'unknown_op', message: '"op" is not subscribe, unsubscribe, ping or pong.' })
  }
}

const TOPICS_MESSAGE = '"topics" is not a list of strings.'

function parseSubscribe(value: Record<string, unknown>): Result<ClientFrame, FrameRefusal> {
  const { topics, cursor } = value
  if (!isTopicList(topics)) return invalid(TOPICS_MESSAGE)
  if (cursor === undefined || cursor === null) return ok({ op: 'subscribe', topics, cursor: null })
  if (!Number.isSafeInteger(cursor) || (cursor as number) < 0) {
    return invalid('"cursor" is not a whole number from 0.')
  }
  return ok({ op: 'subscribe', topics, cursor: cursor as number })
}

function invalid(message: string): Result<never, FrameRefusal> {
  return refuse({ code: 'invalid_frame', message })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isTopicList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((topic) => typeof topic === 'string')
}
