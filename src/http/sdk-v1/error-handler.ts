import type { FastifyReply, FastifyRequest } from 'fastify'
import { AppUserIdBlocked } from '../../core/customers/app-user-id-blocked.ts'
import { ConflictError } from '../../core/lib/conflict-error.ts'
import { RevisionBehind } from '../lib/min-revision.ts'
import { requestFaultOf } from '../lib/request-fault.ts'
import type { SdkV1Deps } from './sdk-deps.ts'
import { faultBody, type SdkErrorBody, SdkFault } from './sdk-fault.ts'

/** When to come back after parallel changes of one customer got in each other's way. */
const RETRY_AFTER_SECONDS = 1

/** What RevenueCat answers is not documented; apps understand the code. */
const BLOCKED = 'it is blocked in this project'

/** The one code whose cause only we can see. */
const INTERNAL_CODE = faultBody('internal').code

/** Answers what a request of this surface ended with. The body is never empty: SDKs parse it whatever the status is. */
export function errorHandler({ onRefusal }: Pick<SdkV1Deps, 'onRefusal'>) {
  return (error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const { status, body } = answerOf(error)
    if (body.code === INTERNAL_CODE) request.log.error({ err: error }, 'an SDK request failed')
    if (error instanceof ConflictError) reply.header('retry-after', RETRY_AFTER_SECONDS)
    onRefusal?.(body.code)
    return reply.code(status).send(body)
  }
}

function answerOf(error: unknown): { status: number; body: SdkErrorBody } {
  if (error instanceof SdkFault) return error
  // A server's status although nothing is broken: after any other the SDKs drop the purchase or the attributes.
  if (error instanceof RevisionBehind) return new SdkFault('in_progress', error.message)
  if (error instanceof ConflictError) return new SdkFault('in_progress')
  if (error instanceof AppUserIdBlocked)
    return new SdkFault('app_user_id_invalid', `The app user id is not valid: ${BLOCKED}.`)
  const fault = requestFaultOf(error)
  if (fault !== null) return { status: fault.status, body: faultBody('bad_request', fault.message) }
  return new SdkFault('internal')
}
