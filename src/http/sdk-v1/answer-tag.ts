import type { FastifyReply, FastifyRequest, onSendHookHandler } from 'fastify'
import { tagOf } from './wire/customer-text.ts'

/** The header of a tag, in both directions. It is not the `ETag` of HTTP. */
export const TAG_HEADER = 'x-revenuecat-etag'

declare module 'fastify' {
  interface FastifyReply {
    /** The tag of the answer, where the route knows it; otherwise it is made from the body. */
    sdkTag?: string
  }
}

/**
 * The onSend hook that tags every answer to a GET with a key, and answers 304 without a body to a caller that names the
 * tag of what it would get. A POST is never answered with 304: it is done for what it does. REST API v1, ETag protocol.
 */
export const tagAnswer: onSendHookHandler = (request, reply, payload, done) => {
  if (!isTagged(request, reply) || typeof payload !== 'string') return done(null, payload)
  const tag = reply.sdkTag ?? tagOf(payload)
  reply.header(TAG_HEADER, tag)
  if (reply.statusCode !== 200 || request.headers[TAG_HEADER] !== tag) return done(null, payload)
  reply.code(304).removeHeader('content-type')
  done(null, null)
}

/** Calls without a key are those that SDKs send no tag with. */
function isTagged(request: FastifyRequest, reply: FastifyReply): boolean {
  return request.method === 'GET' && request.sdkCaller !== undefined && [200, 201].includes(reply.statusCode)
}
