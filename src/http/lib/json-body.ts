import type { FastifyInstance } from 'fastify'

/** Levels of lists and objects in one body. Real requests have fewer than ten. */
export const MAX_BODY_DEPTH = 64

/** Values in one body, containers included. The largest honest body is a batch of a few thousand values. */
export const MAX_BODY_VALUES = 20_000

/** Longest place that is repeated in a message; the names in it were chosen by the caller. */
const MAX_SHOWN_PLACE = 200

export type BodyFaultCode =
  | 'body_not_utf8'
  | 'body_not_json'
  | 'body_prototype_key'
  | 'body_character'
  | 'body_too_deep'
  | 'body_too_many_values'

/** A body that no route could use, whatever it expects. The message says what is wrong and where, for the caller. */
export class BodyFault extends Error {
  override readonly name = 'BodyFault'
  readonly code: BodyFaultCode
  /** The status the HTTP framework answers with. */
  readonly statusCode = 400

  constructor(code: BodyFaultCode, message: string) {
    super(message)
    this.code = code
  }
}

/**
 * Makes a server read `application/json` and `text/plain` bodies (some SDKs send JSON as plain text to spare a CORS
 * preflight) with `parseJsonBody`, whatever their charset parameter says: JSON is UTF-8 (RFC 8259, 8.1).
 */
export function acceptJsonBodies(app: FastifyInstance): void {
  app.addContentTypeParser(['application/json', 'text/plain'], { parseAs: 'buffer' }, (_request, body, done) => {
    try {
      done(null, parseJsonBody(typeof body === 'string' ? Buffer.from(body) : body))
    } catch (error) {
      done(error instanceof Error ? error : new Error('the body could not be read', { cause: error }))
    }
  })
}

/** Strict: a byte that is not UTF-8 is a fault, not a replacement character. A byte order mark is skipped. */
const utf8 = new TextDecoder('utf-8', { fatal: true })

/**
 * Parses the bytes of a body and refuses what would do harm further inside: keys that reach an object's prototype,
 * characters PostgreSQL cannot store (U+0000) or UTF-8 cannot carry (lone surrogates), and structures made to exhaust
 * a recursive reader. An empty body is `undefined`.
 *
 * @throws BodyFault
 */
export function parseJsonBody(bytes: Uint8Array): unknown {
  const text = decode(bytes)
  if (text === '') return undefined
  const value = parse(text)
  checkValue(value, [], { values: 0 })
  return value
}

function decode(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes)
  } catch {
    throw new BodyFault('body_not_utf8', 'The body is not valid UTF-8.')
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new BodyFault('body_not_json', `The body is not valid JSON${syntaxPlace(error)}.`)
  }
}

/** The place of a syntax error. The engine's own message is not repeated: it quotes the body. */
function syntaxPlace(error: unknown): string {
  const message = error instanceof Error ? error.message : ''
  if (/^Unexpected end/.test(message)) return ': it ends too early'
  const position = /at position (\d+)/.exec(message)?.[1]
  if (position !== undefined) return `: unexpected text at character ${Number(position) + 1}`
  const token = /^Unexpected token '(.{1,2})'/su.exec(message)?.[1]
  return token === undefined ? '' : `: unexpected ${JSON.stringify(token)}`
}

type Path = (string | number)[]

/** Recursion is safe here: it ends at MAX_BODY_DEPTH. */
function checkValue(value: unknown, path: Path, seen: { values: number }): void {
  seen.values += 1
  if (seen.values > MAX_BODY_VALUES) {
    throw new BodyFault('body_too_many_values', `The body has more than ${MAX_BODY_VALUES} values.`)
  }
  if (typeof value === 'string') checkText(value, 'text', path)
  // 1e999 is valid JSON, yet no number here; it would be stored as null.
  if (value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY) {
    throw new BodyFault('body_not_json', `The number ${place(path)} is too large.`)
  }
  if (typeof value !== 'object' || value === null) return
  if (path.length >= MAX_BODY_DEPTH) {
    throw new BodyFault('body_too_deep', `The body has more than ${MAX_BODY_DEPTH} levels ${place(path)}.`)
  }
  if (Array.isArray(value)) checkList(value, path, seen)
  else checkObject(value, path, seen)
}

function checkObject(object: object, path: Path, seen: { values: number }): void {
  for (const [key, entry] of Object.entries(object)) {
    path.push(key)
    checkText(key, 'name', path)
    if (key === '__proto__' || (key === 'constructor' && hasPrototypeKey(entry))) {
      throw new BodyFault('body_prototype_key', `The name ${place(path)} is not allowed.`)
    }
    checkValue(entry, path, seen)
    path.pop()
  }
}

function checkList(list: readonly unknown[], path: Path, seen: { values: number }): void {
  for (const [index, entry] of list.entries()) {
    path.push(index)
    checkValue(entry, path, seen)
    path.pop()
  }
}

function hasPrototypeKey(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, 'prototype')
}

function checkText(text: string, what: 'text' | 'name', path: Path): void {
  if (text.includes('\0')) {
    throw new BodyFault('body_character', `The ${what} ${place(path)} contains the character U+0000.`)
  }
  if (!text.isWellFormed()) {
    throw new BodyFault('body_character', `The ${what} ${place(path)} contains half of a surrogate pair.`)
  }
}

/** Where in the body, as a JSON pointer (RFC 6901) in quotes, in which unprintable characters are escaped. */
function place(path: Path): string {
  if (path.length === 0) return 'at the top level'
  const pointer = path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
  const shown = pointer.length > MAX_SHOWN_PLACE ? `${pointer.slice(0, MAX_SHOWN_PLACE)}...` : pointer
  return `at ${JSON.stringify(shown)}`
}
