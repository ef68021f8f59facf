import type { FastifyInstance } from 'fastify'
import { BodyFault, parseJsonBody } from '../lib/json-body.ts'

/** A body that is JSON, but holds something that no field could. */
export class BodyValueFault extends Error {
  override readonly name = 'BodyValueFault'
  readonly statusCode = 422
}

/**
 * Makes the admin routes read `application/json` and nothing else. SDKs may send JSON as plain text; an operator's
 * program has no reason to, and a page of another origin could.
 */
export function acceptJsonOnly(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => {
    try {
      done(null, parseJsonBody(typeof body === 'string' ? Buffer.from(body) : body))
    } catch (error) {
      done(faultOf(error, body.toString()))
    }
  })
}

/** Tells what is not JSON (400) from JSON with impossible contents (422), such as a number that is too large. */
function faultOf(error: unknown, text: string): Error {
  if (!(error instanceof BodyFault)) return new Error('the body could not be read', { cause: error })
  const isValue = error.code === 'body_not_json' ? isJson(text) : error.code !== 'body_not_utf8'
  return isValue ? new BodyValueFault(error.message) : error
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
