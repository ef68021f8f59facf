import type { FastifyHelmetOptions } from '@fastify/helmet'
import type { onRequestHookHandler } from 'fastify'

/** A year: the usual time for which browsers remember to use https only. */
const HTTPS_ONLY_SECONDS = 31_536_000

/**
 * Headers of pages (dashboard, reference): scripts from this server only, no inline script, no framing, no form or
 * base address elsewhere. Inline styles are allowed because component libraries set them at run time.
 */
export function pageHeaders(publicUrl: string | undefined): FastifyHelmetOptions {
  return {
    ...sharedHeaders(publicUrl),
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:'],
        fontSrc: ["'self'"],
        connectSrc: ["'self'", 'ws:', 'wss:'],
        manifestSrc: ["'self'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    crossOriginResourcePolicy: { policy: 'same-origin' },
  }
}

/** Headers of API answers: nothing in them is ever run or framed, and web apps of any origin may read them (CORS decides). */
export function apiHeaders(publicUrl: string | undefined): FastifyHelmetOptions {
  return {
    ...sharedHeaders(publicUrl),
    contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
    crossOriginResourcePolicy: { policy: 'cross-origin' },
  }
}

/**
 * The same headers as `apiHeaders`, for a surface whose answers are many: the plugin makes every header anew for every
 * answer, which takes longer than a small answer itself (measured).
 */
export function sendApiHeaders(publicUrl: string | undefined): onRequestHookHandler {
  const headers = {
    'content-security-policy': "default-src 'none';frame-ancestors 'none'",
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'cross-origin',
    'origin-agent-cluster': '?1',
    'referrer-policy': 'no-referrer',
    ...(isHttps(publicUrl) && { 'strict-transport-security': `max-age=${HTTPS_ONLY_SECONDS}` }),
    'x-content-type-options': 'nosniff',
    'x-dns-prefetch-control': 'off',
    'x-download-options': 'noopen',
    'x-frame-options': 'DENY',
    'x-permitted-cross-domain-policies': 'none',
    'x-xss-protection': '0',
  }
  return (_request, reply, done) => {
    reply.headers(headers)
    done()
  }
}

/**
 * Keeps answers out of every cache: they show balances and purchases of one person. Runs before the route, which may
 * set another `Cache-Control`.
 */
export const forbidCaching: onRequestHookHandler = (_request, reply, done) => {
  reply.header('cache-control', 'no-store')
  done()
}

function sharedHeaders(publicUrl: string | undefined): FastifyHelmetOptions {
  return {
    xFrameOptions: { action: 'deny' },
    referrerPolicy: { policy: 'no-referrer' },
    // Only behind https: a browser that remembers it refuses plain http on the same host for a year. Subdomains belong
    // to others.
    strictTransportSecurity: isHttps(publicUrl) ? { maxAge: HTTPS_ONLY_SECONDS, includeSubDomains: false } : false,
  }
}

function isHttps(publicUrl: string | undefined): boolean {
  return publicUrl?.startsWith('https:') === true
}
