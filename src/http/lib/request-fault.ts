import type { FastifyError } from 'fastify'
import { AppUserIdBlocked } from '../../core/customers/app-user-id-blocked.ts'
import { BodyFault } from './json-body.ts'
import { MinRevisionFault } from './min-revision.ts'
import { UrlFault } from './routable-url.ts'
import { schemaFaultText } from './schema-fault.ts'

/** What is wrong with a request before any route could judge it: the status, and words for its sender. */
export type RequestFault = { status: number; message: string }

/** The framework's own refusals in our words; theirs name options of the server. */
const WORDS: Readonly<Record<string, string>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'The body is too large.',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'The body must be JSON, sent with Content-Type: application/json.',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'The body is not as long as its Content-Length says.',
  FST_ERR_MAX_PARAM_LENGTH: 'The path is too long.',
}

/**
 * Reads an error that reached an error handler: what was wrong with the request, or null when the fault is ours, to be
 * answered with 500 and logged. Every surface puts the answer into its own shape.
 */
export function requestFaultOf(error: unknown): RequestFault | null {
  if (error instanceof BodyFault || error instanceof UrlFault)
    return { status: error.statusCode, message: error.message }
  if (error instanceof AppUserIdBlocked) return { status: 400, message: error.message }
  if (error instanceof MinRevisionFault) return { status: 400, message: error.message }
  if (!(error instanceof Error)) return null
  const { validation, validationContext, code, statusCode } = error as FastifyError
  if (validation !== undefined) return { status: 400, message: schemaFaultText(validation, validationContext) }
  if (typeof code !== 'string' || !code.startsWith('FST_ERR_')) return null
  if (statusCode === undefined || statusCode < 400 || statusCode > 499) return null
  return { status: statusCode, message: WORDS[code] ?? 'The request could not be read.' }
}
