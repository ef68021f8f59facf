import { randomBytes } from 'node:crypto'
import cors from '@fastify/cors'
import { requestIds } from '../src/http/lib/request-id.ts'
import { CROSS_ORIGIN } from '../src/http/sdk-v1/cross-origin.ts'
import { stampAnswers } from '../src/http/sdk-v1/stamp-answers.ts'
import { createServer } from '../src/http/server.ts'
import { createLogger } from '../src/telemetry/logger.ts'
import { createMetrics } from '../src/telemetry/metrics.ts'

/**
 * The limit for reads: Purser's own HTTP server, with everything that every answer of the SDK surface goes through and
 * carries, and one route that answers a constant. Port and size of the answer are its arguments. Tells that it is ready by a line.
 */
const [port, bytes] = process.argv.slice(2).map(Number)
const logger = await createLogger({ level: 'warn', format: 'json', isTerminal: false })
const onResponse = createMetrics().recordHttpRequest
const server = createServer({
  logger,
  maxBodyBytes: 65_536,
  trustProxy: false,
  newRequestId: requestIds(randomBytes),
  onResponse,
})
stampAnswers(server, undefined, { now: Date.now })
await server.register(cors, CROSS_ORIGIN)
const answer = JSON.stringify({ padding: 'x'.repeat(Math.max(0, (bytes ?? 0) - '{"padding":""}'.length)) })
server.get('/constant', (_request, reply) => reply.type('application/json; charset=utf-8').send(answer))
await server.listen({ host: '127.0.0.1', port: port ?? 0 })
process.stdout.write('ready\n')
