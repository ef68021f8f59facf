import type { FastifyReply } from 'fastify'

/** Every machine-readable code of this surface and its status. */
const WEBHOOK_ERRORS = {
  webhook_unconfigured: 503,
  missing_bearer: 401,
  invalid_webhook_secret: 401,
  invalid_signature: 401,
  invalid_payload: 400,
  body_too_large: 413,
  project_unknown: 404,
  method_not_allowed: 405,
} as const

type WebhookErrorCode = keyof typeof WEBHOOK_ERRORS

export type Refuse = (reply: FastifyReply, code: WebhookErrorCode) => FastifyReply

/** Makes what answers an error as `{"detail": code}`. RevenueCat takes everything but 200 for a failure, and tries again. */
export function refuseWith(listener: ((code: string) => void) | undefined): Refuse {
  return (reply, code) => {
    listener?.(code)
    return reply.code(WEBHOOK_ERRORS[code]).send({ detail: code })
  }
}
