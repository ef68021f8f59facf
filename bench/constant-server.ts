import { randomBytes } from 'node:crypto'
import { requestIds } from '../src/http/lib/request-id.ts'
import { createServer } from '../src/http/server.ts'
import { createLogger } from '../src/telemetry/logger.ts'

/**
 * The limit for reads: Purser's own HTTP server, with everything that every answer goes through, and one route that
 * answers a constant. Port and size of the answer are its arguments. Tells that it is ready by a line.
 */
const [port, bytes] = process.argv.slice(2).map(Number)
const logger = await createLogger({ level: 'warn', format: 'json', isTerminal: false })
const server = createServer({ logger, maxBodyBytes: 65_536, trustProxy: false, newRequestId: requestIds(randomBytes) })
const answer = JSON.stringify({ padding: 'x'.repeat(Math.max(0, (bytes ?? 0) - '{"padding":""}'.length)) })
server.get('/constant', (_request, reply) => reply.type('application/json; charset=utf-8').send(answer))
await server.listen({ host: '127.0.0.1', port: port ?? 0 })
process.stdout.write('ready\n')
