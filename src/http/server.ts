/**
 * The HTTP server without any surface. A surface is one encapsulated Fastify plugin, `(app, deps) => Promise<void>`,
 * that owns everything its clients can notice: keys, error shape, CORS, rate limits, security headers, schemas and
 * OpenAPI document. What a surface does, in this order:
 *
 * 1. `nameSurface(app, 'its-name')` from lib/surface.ts, for metrics.
 * 2. Registers its headers (`@fastify/helmet` with `apiHeaders`, `forbidCaching`), CORS when browsers call it, and
 *    `@fastify/swagger` (OpenAPI 3.1). A plugin registered inside a surface sees only that surface's routes.
 * 3. `app.setErrorHandler`: first its own refusals; then `requestFaultOf` (lib/request-fault.ts), which knows what was
 *    wrong with the request itself; anything else is our fault: logged with `request.log.error({ err })`, answered
 *    without details.
 * 4. `setNotFoundHandler` inside a `register` with its prefix. One surface owns the unknown paths below a prefix, and
 *    with CORS also the preflights there: sdk-v1 owns `/v1` and `/rcbilling/v1`. Surfaces with single routes below
 *    somebody else's prefix leave both to the owner. Unknown paths elsewhere are answered here.
 * 5. Authentication in an `onRequest` hook, after CORS; `request.is404` must pass it.
 * 6. Routes with TypeBox schemas. Nothing is coerced, removed or filled in. Path parameters arrive decoded once.
 * 7. `app.addHook('onReady', ...)` calling `deps.onOpenApi(name, () => app.swagger())` (`OpenApiSink`).
 *
 * Bodies arrive parsed by lib/json-body.ts; an empty one is `undefined`. HEAD is not answered by GET routes.
 */
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify'
import { SECOND_MS } from '../core/lib/clock.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { AnsweredRequest } from '../telemetry/metrics.ts'
import { clientErrorHandler } from './lib/client-error.ts'
import { acceptJsonBodies } from './lib/json-body.ts'
import { requestFaultOf } from './lib/request-fault.ts'
import { REQUEST_ID_HEADER } from './lib/request-id.ts'
import { refuseUnreadableUrl, routableUrl } from './lib/routable-url.ts'
import { boundSilentConnections } from './lib/silent-connections.ts'
import type {} from './lib/surface.ts'

export type ServerOptions = {
  readonly logger: Logger
  /** Largest body of a request, in bytes. */
  readonly maxBodyBytes: number
  /** How many reverse proxies stand in front; false reads the caller's address from the connection. */
  readonly trustProxy: false | number
  /** Names a request; `requestIds` makes it. */
  readonly newRequestId: (request: Pick<FastifyRequest['raw'], 'headers'>) => string
  /** Told of every answer, for metrics. */
  readonly onResponse?: (answered: AnsweredRequest) => void
}

/** Request line and headers together. SDKs stay below 4 KiB; the longest path, 200 product ids, has about 8. */
const MAX_HEADER_BYTES = 16_384

/** A slow client may take this long for its headers, and this long for the whole request: a receipt over a bad line. */
const HEADERS_TIMEOUT_MS = 20 * SECOND_MS
const REQUEST_TIMEOUT_MS = 60 * SECOND_MS

/** How late those two may be noticed. */
const TIMEOUTS_CHECKED_EVERY_MS = 5 * SECOND_MS

/** Longer than the usual minute of load balancers, which must be the first to close an idle connection. */
const KEEP_ALIVE_TIMEOUT_MS = 75 * SECOND_MS

/** "Bad request" and "internal error" of the RevenueCat REST API v1, for paths that belong to no surface. */
const BAD_REQUEST_CODE = 7226
const INTERNAL_ERROR_CODE = 7110

/** The label of answers that no surface or no route gave. */
const NONE = 'none'

/** Creates the server. It listens to nothing yet; surfaces are registered by the caller. */
export function createServer(options: ServerOptions): FastifyInstance {
  const app: FastifyInstance = Fastify({
    loggerInstance: options.logger as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    requestIdHeader: false,
    genReqId: options.newRequestId,
    trustProxy: trustedHops(options.trustProxy),
    bodyLimit: options.maxBodyBytes,
    exposeHeadRoutes: false,
    // While stopping, a request that still arrives is worth more answered than refused.
    return503OnClosing: false,
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false, useDefaults: false } },
    // No path that gets through can have a parameter that is too long: routes judge lengths themselves.
    routerOptions: { maxParamLength: MAX_HEADER_BYTES },
    rewriteUrl: (request) => routableUrl(request.url ?? '/'),
    http: {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: HEADERS_TIMEOUT_MS,
      connectionsCheckingInterval: TIMEOUTS_CHECKED_EVERY_MS,
    },
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    frameworkErrors: (error, request, reply) => answerError(error, request, nameReply(request, reply)),
    clientErrorHandler: clientErrorHandler({
      newRequestId: () => options.newRequestId({ headers: {} }),
      onFault: (fault) => options.logger.debug(fault, 'a request was not valid HTTP'),
    }),
  })
  boundSilentConnections(app.server)
  acceptJsonBodies(app)
  app.addHook('onRequest', (request, reply, done) => {
    nameReply(request, reply)
    done()
  })
  app.addHook('preParsing', refuseUnreadableUrl)
  app.addHook('onResponse', (request, reply, done) => {
    recordAnswer(options, request, reply)
    done()
  })
  app.setErrorHandler(answerError)
  app.setNotFoundHandler((_request, reply) =>
    reply.code(404).send({ code: BAD_REQUEST_CODE, message: 'There is nothing at this path.' }),
  )
  return app
}

/** Trusts the nearest proxies, as many as there are; what is further away could have been made up by the caller. */
function trustedHops(count: false | number): false | ((address: string, hop: number) => boolean) {
  return count === false ? false : (_address, hop) => hop < count
}

function nameReply<Reply extends FastifyReply>(request: FastifyRequest, reply: Reply): Reply {
  reply.header(REQUEST_ID_HEADER, request.id)
  return reply
}

function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const fault = requestFaultOf(error)
  if (fault !== null) return reply.code(fault.status).send({ code: BAD_REQUEST_CODE, message: fault.message })
  request.log.error({ err: error }, 'a request failed')
  return reply.code(500).send({ code: INTERNAL_ERROR_CODE, message: 'Internal server error.' })
}

function recordAnswer(options: ServerOptions, request: FastifyRequest, reply: FastifyReply): void {
  const answered = {
    surface: request.surface ?? NONE,
    route: request.routeOptions.url ?? NONE,
    method: request.method,
    status: reply.statusCode,
    durationMs: reply.elapsedTime,
  }
  request.log.debug(answered, 'answered')
  options.onResponse?.(answered)
}
