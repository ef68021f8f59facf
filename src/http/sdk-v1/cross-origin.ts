import type { FastifyCorsOptions } from '@fastify/cors'

/** Two hours, the longest that browsers keep a preflight. */
const PREFLIGHT_LIFE_SECONDS = 7_200

/**
 * Lets web apps of every origin call: they carry a public key and no cookie, so an origin proves nothing. The headers
 * that a page asks for are echoed, because apps may add their own and `*` does not cover `Authorization`. Preflights
 * are answered before any key is looked at; every other answer, errors too, has the header that lets a page read it.
 */
export const CROSS_ORIGIN: FastifyCorsOptions = {
  origin: '*',
  methods: ['GET', 'POST', 'PATCH', 'DELETE', 'OPTIONS'],
  exposedHeaders: [
    'X-Request-ID',
    'X-RevenueCat-Request-Time',
    'X-RevenueCat-ETag',
    'X-Signature',
    'X-Purser-Revision',
    'Retry-After',
  ],
  maxAge: PREFLIGHT_LIFE_SECONDS,
  strictPreflight: false,
}
