import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { BodyFault } from '../lib/json-body.ts'
import { RevisionBehind } from '../lib/min-revision.ts'
import { requestFaultOf } from '../lib/request-fault.ts'
import { sendError, type UsageErrorCode } from './errors.ts'

/** Codes of faults that the framework found; any other of the 4xx is `invalid_request`. */
const CODE_OF_STATUS: Readonly<Record<number, UsageErrorCode>> = {
  413: 'body_too_large',
  415: 'unsupported_media_type',
}

/** Answers what was thrown. Faults of the request are named; the cause of everything else is only in the log. */
export function answerThrown(error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (error instanceof RevisionBehind)
    return sendError(reply.header('retry-after', 1), 'revision_not_reached', error.message)
  const fault = requestFaultOf(error)
  if (fault === null) {
    request.log.error({ err: error }, 'a usage request failed')
    return reply.code(500).send({ detail: 'internal_error', request_id: request.id })
  }
  if (error instanceof BodyFault) return sendError(reply, 'invalid_json', fault.message)
  if (error.validation !== undefined) return sendError(reply, 'invalid_fields', fault.message)
  return sendError(reply, CODE_OF_STATUS[fault.status] ?? 'invalid_request', fault.message)
}
