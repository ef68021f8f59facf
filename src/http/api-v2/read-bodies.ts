import type { FastifyInstance } from 'fastify'
import { parseJsonBody } from '../lib/json-body.ts'

/** Makes routes read `application/json` and nothing else: pages of other origins can send plain text unasked. */
export function acceptJsonOnly(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => {
    try {
      done(null, parseJsonBody(typeof body === 'string' ? Buffer.from(body) : body))
    } catch (error) {
      done(error instanceof Error ? error : new Error('the body could not be read', { cause: error }))
    }
  })
}

/** Makes routes that need no body take requests with any, and look at none: clients differ in what they send along. */
export function ignoreBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request, payload, done) => {
    payload.resume()
    done(null, undefined)
  })
}
