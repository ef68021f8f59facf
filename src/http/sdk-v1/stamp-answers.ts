import type { FastifyInstance } from 'fastify'
import type { Clock } from '../../core/lib/clock.ts'
import { forbidCaching, sendApiHeaders } from '../lib/security-headers.ts'

/** The server's time in milliseconds. Android counts it instead of the body's when it decides what has expired. */
export const REQUEST_TIME_HEADER = 'x-revenuecat-request-time'

/** Gives every answer of the surface the headers that all of them have. */
export function stampAnswers(app: FastifyInstance, publicUrl: string | undefined, clock: Clock): void {
  app.addHook('onRequest', sendApiHeaders(publicUrl))
  app.addHook('onRequest', forbidCaching)
  app.addHook('onRequest', (_request, reply, done) => {
    reply.header(REQUEST_TIME_HEADER, String(clock.now()))
    done()
  })
}
