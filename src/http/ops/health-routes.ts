import type { FastifyInstance } from 'fastify'
import type { OpsDeps } from './ops-deps.ts'

/**
 * `GET /live`: the process answers; when it does not, restart it. `GET /ready`: it should be sent requests; when it
 * should not, a restart would help nobody. Monitors may ask with HEAD.
 */
export function healthRoutes(app: FastifyInstance, { readiness }: Pick<OpsDeps, 'readiness'>): void {
  app.get('/live', { exposeHeadRoute: true }, async () => ({ status: 'live' }))
  app.get('/ready', { exposeHeadRoute: true }, async (request, reply) => {
    try {
      const { ready, checks } = await readiness()
      return reply.code(ready ? 200 : 503).send({ status: ready ? 'ready' : 'not_ready', checks })
    } catch (error) {
      // A check that fails to answer is an answer; the probe wants 503, not 500.
      request.log.error({ err: error }, 'the readiness of the server could not be told')
      return reply.code(503).send({ status: 'not_ready', checks: {} })
    }
  })
}
