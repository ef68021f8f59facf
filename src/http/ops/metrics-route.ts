import type { FastifyInstance } from 'fastify'
import type { OpsDeps } from './ops-deps.ts'

/** `GET /metrics`: the process's metrics for Prometheus. Not for the public: keep it behind the proxy. */
export function metricsRoute(
  app: FastifyInstance,
  { metricsText, metricsContentType }: Pick<OpsDeps, 'metricsText' | 'metricsContentType'>,
): void {
  app.get('/metrics', async (_request, reply) => reply.type(metricsContentType).send(await metricsText()))
}
