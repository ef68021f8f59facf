import type { FastifyInstance } from 'fastify'
import { pino } from 'pino'
import { ok } from '../../src/core/lib/result.ts'
import { answerThrown } from '../../src/http/admin/error-handler.ts'
import { registerRealtimeBootstrap } from '../../src/http/admin/realtime-bootstrap.ts'
import { registerRealtimeSignOut } from '../../src/http/admin/realtime-sign-out.ts'
import { type RealtimeTransports, registerRealtimeStreams } from '../../src/http/admin/realtime-streams.ts'
import { RateLimiter } from '../../src/http/lib/rate-limit.ts'
import { createServer } from '../../src/http/server.ts'
import { bootstrapSession } from '../../src/usecases/realtime/bootstrap-session.ts'
import { revokeSessions } from '../../src/usecases/realtime/revoke-sessions.ts'
import { verifyToken } from '../../src/usecases/realtime/verify-token.ts'
import type { realtimeWorld } from './realtime-world.ts'

/** The routes of realtime sessions on a real server. Users are signed in by a bearer of `user.<id>`. */
export async function realtimeRoutes(
  world: ReturnType<typeof realtimeWorld>,
  transports: RealtimeTransports,
): Promise<FastifyInstance> {
  const app = createServer({
    logger: pino({ level: 'silent' }),
    maxBodyBytes: 1_048_576,
    trustProxy: false,
    newRequestId: () => '0123456789abcdef',
  })
  const deps = {
    identity: {
      verify: async (bearer: string) =>
        bearer.startsWith('user.')
          ? ({ ok: true, userId: bearer.slice('user.'.length) } as const)
          : ({ ok: false, code: 'invalid_token' } as const),
    },
    projectFor: async () => ok('proj'),
    limit: limitOf(30, world),
    limitStreams: limitOf(120, world),
    transports,
    publicUrl: () => 'https://purser.example.com',
    bootstrap: (input: Parameters<typeof bootstrapSession>[1]) => bootstrapSession(world, input),
    verifyToken: (token: string) => verifyToken({ ...world, realtimeTokens: world.read.realtimeTokens }, token),
    revoke: (input: Parameters<typeof revokeSessions>[1]) => revokeSessions(world.ctx, input),
  }
  await app.register(async (surface) => {
    surface.setErrorHandler(answerThrown)
    registerRealtimeBootstrap(surface, deps)
    registerRealtimeSignOut(surface, deps)
    registerRealtimeStreams(surface, deps)
  })
  await app.ready()
  return app
}

function limitOf(perMinute: number, { clock }: Pick<ReturnType<typeof realtimeWorld>, 'clock'>) {
  const limiter = new RateLimiter(perMinute, clock)
  return (key: string) => limiter.take(key)
}
