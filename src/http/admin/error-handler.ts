import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { BodyFault } from '../lib/json-body.ts'
import { RevisionBehind } from '../lib/min-revision.ts'
import { requestFaultOf } from '../lib/request-fault.ts'
import { type AdminErrorCode, sendError, sendProblems } from './errors.ts'
import { BodyValueFault } from './json-only.ts'

/** Codes of faults that the framework found; any other of the 4xx is `invalid_request`. */
const CODE_OF_STATUS: Readonly<Record<number, AdminErrorCode>> = {
  413: 'body_too_large',
  415: 'unsupported_media_type',
}

/**
 * Answers what was thrown. Faults of the request are named; everything else is a 500 with the request's id, and its
 * cause only in the log.
 */
export function answerThrown(error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (error instanceof BodyValueFault) return sendError(reply, 'invalid_body', { text: error.message })
  if (error instanceof BodyFault) return sendError(reply, 'invalid_json', { text: error.message })
  if (error instanceof RevisionBehind) {
    return sendError(reply, 'revision_not_reached', { text: error.message, retryAfterSeconds: 1 })
  }
  const fault = requestFaultOf(error)
  if (fault === null) return answerFailure(error, request, reply)
  if (error.validation !== undefined) return sendProblems(reply, [fault.message])
  return sendError(reply, CODE_OF_STATUS[fault.status] ?? 'invalid_request', { text: fault.message })
}

function answerFailure(error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  request.log.error({ err: error }, 'an admin request failed')
  return reply.code(500).send({ detail: 'internal_error', request_id: request.id })
}
