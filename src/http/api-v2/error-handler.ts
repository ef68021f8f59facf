import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { ConflictError } from '../../core/lib/conflict-error.ts'
import { RevisionBehind } from '../lib/min-revision.ts'
import { requestFaultOf } from '../lib/request-fault.ts'
import { ApiFault, faultToWire } from './api-fault.ts'
import { errorPagePath, type Links } from './links.ts'
import { parameterFault } from './parameter-fault.ts'

/** Answers what a request of this surface ended with. RevenueCat REST API v2, errors. */
export function errorHandler({ links, onRefusal }: { links: Links; onRefusal?: ((type: string) => void) | undefined }) {
  return (error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const fault = faultOf(error)
    if (fault.type === 'server_error') request.log.error({ err: error }, 'a request to REST API v2 failed')
    onRefusal?.(fault.type)
    return reply.code(fault.statusCode).send(faultToWire(fault, links.of(request, errorPagePath(fault.type))))
  }
}

function faultOf(error: FastifyError): ApiFault {
  if (error instanceof ApiFault) return error
  if (error instanceof RevisionBehind) return new ApiFault('resource_locked_error', error.message)
  if (error instanceof ConflictError) {
    return new ApiFault('resource_locked_error', 'Other requests are changing the same thing. Try again.')
  }
  if (error.validation !== undefined) return parameterFault(error.validation, error.validationContext)
  const fault = requestFaultOf(error)
  if (fault !== null) return new ApiFault('invalid_request', fault.message)
  return new ApiFault('server_error', 'Internal server error.')
}
