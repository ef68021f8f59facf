import type { ServerResponse } from 'node:http'
import cors, { type FastifyCorsOptions } from '@fastify/cors'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ConnectionRefusal } from '../../usecases/realtime/connection-refusal.ts'
import type { RateVerdict } from '../lib/rate-limit.ts'
import { bearerOf } from '../lib/user-identity.ts'
import { parseStreamQuery, type StreamFault } from './parse-stream-query.ts'
import { eventsSchema, pollSchema } from './realtime-streams-schema.ts'

/** What a client asks for that cannot send frames. */
type StreamWish = { token: string | null; topics: readonly string[]; cursor: number | null }

/** What one long poll brings. `close` says that the session is over, in the codes of the WebSocket. */
type PollAnswer = { v: number; cursor: number; frames: object[]; close: { code: number; reason: string } | null }

/** The realtime gateway, as far as ordinary requests reach it. */
export type RealtimeTransports = {
  /** Opens a stream on an answer that is taken only when nothing is refused. */
  openEventStream(wish: StreamWish, takeResponse: () => ServerResponse): Promise<ConnectionRefusal | null>
  /** Waits until there is something to tell; watches `response` for the caller's going. */
  poll(
    wish: StreamWish & { waitMs: number },
    response: ServerResponse,
  ): Promise<PollAnswer | { refusal: ConnectionRefusal }>
}

export type RealtimeStreamDeps = {
  transports: RealtimeTransports
  /** Counts a stream or poll of a token. */
  limitStreams(key: string): RateVerdict | Promise<RateVerdict>
}

/**
 * Pages of every origin may listen, as with the WebSocket, for which browsers ask nobody: a token is needed, no cookie
 * is read, so an origin proves nothing.
 */
const CROSS_ORIGIN: FastifyCorsOptions = {
  origin: '*',
  methods: ['GET', 'OPTIONS'],
  exposedHeaders: ['X-Request-ID', 'Retry-After'],
  maxAge: 7_200,
}

/** As much of a token as counts requests apart; a made-up one may be as long as a request line. */
const KEY_LENGTH = 64

/** When a refused client may try again: soon, since another process or a closed connection may make room. */
const RETRY_AFTER_SECONDS = 5

const STATUS = {
  missing_token: 401,
  invalid_token: 401,
  token_expired: 401,
  too_many_sockets: 429,
  rate_limited: 429,
  draining: 503,
  at_capacity: 503,
  unavailable: 503,
  invalid_cursor: 400,
  invalid_topic: 400,
  invalid_wait: 400,
} as const satisfies Record<ConnectionRefusal | StreamFault | 'rate_limited', number>

/** Registers `GET /realtime/events` and `GET /realtime/poll`, and an answer for those who miss the WebSocket. */
export function registerRealtimeStreams(app: FastifyInstance, deps: RealtimeStreamDeps): void {
  app.register(
    async (scope) => {
      await scope.register(cors, CROSS_ORIGIN)
      // The schemas describe; the parse file decides.
      scope.setValidatorCompiler(() => () => true)
      scope.get('/', { schema: { hide: true } }, (_request, reply) =>
        reply.code(426).headers({ upgrade: 'websocket', connection: 'Upgrade' }).send({ detail: 'upgrade_required' }),
      )
      scope.get('/events', { schema: eventsSchema }, (request, reply) => answerEvents(request, reply, deps))
      scope.get('/poll', { schema: pollSchema }, (request, reply) => answerPoll(request, reply, deps))
    },
    { prefix: '/realtime' },
  )
}

async function answerEvents(request: FastifyRequest, reply: FastifyReply, deps: RealtimeStreamDeps): Promise<unknown> {
  const lastEventId = request.headers['last-event-id']
  const wish = await readWish(request, reply, deps, { lastEventId })
  if (wish === null) return reply
  const refusal = await deps.transports.openEventStream(wish, () => {
    reply.hijack()
    for (const [name, value] of Object.entries(reply.getHeaders())) {
      if (value !== undefined) reply.raw.setHeader(name, value)
    }
    return reply.raw
  })
  return refusal === null ? reply : refuse(reply, refusal)
}

async function answerPoll(request: FastifyRequest, reply: FastifyReply, deps: RealtimeStreamDeps): Promise<unknown> {
  const wish = await readWish(request, reply, deps, { lastEventId: undefined })
  if (wish === null) return reply
  const answer = await deps.transports.poll(wish, reply.raw)
  return 'refusal' in answer ? refuse(reply, answer.refusal) : reply.send(answer)
}

/** Reads and counts a request; answers by itself, and null, when one of them refuses. */
async function readWish(
  request: FastifyRequest,
  reply: FastifyReply,
  deps: RealtimeStreamDeps,
  { lastEventId }: { lastEventId: string | string[] | undefined },
): Promise<(StreamWish & { waitMs: number }) | null> {
  const query = request.query as Record<string, unknown>
  const given = query.token === undefined ? bearerOf(request.headers.authorization) : query.token
  const token = typeof given === 'string' && given !== '' ? given : null
  const parsed = parseStreamQuery(query, lastEventId)
  if (!parsed.ok) {
    refuse(reply, parsed.refusal)
    return null
  }
  const verdict = await deps.limitStreams((token ?? '').slice(0, KEY_LENGTH))
  if (token !== null && !verdict.allowed) {
    refuse(reply.header('retry-after', verdict.retryAfterSeconds ?? verdict.resetSeconds), 'rate_limited')
    return null
  }
  return { ...parsed.value, token }
}

function refuse(reply: FastifyReply, code: keyof typeof STATUS): FastifyReply {
  const status = STATUS[code]
  if (status === 401) reply.header('www-authenticate', 'Bearer')
  if (status >= 429 && !reply.hasHeader('retry-after')) reply.header('retry-after', RETRY_AFTER_SECONDS)
  return reply.code(status).send({ detail: code })
}
