import type { FastifyInstance } from 'fastify'
import { FAULT_TYPES, type FaultType } from './api-fault.ts'

/** `GET /docs/errors/{type}`: what `doc_url` of an error leads to, one short text for each type. */
export function errorPageRoute(app: FastifyInstance): void {
  app.get('/docs/errors/:type', { schema: { hide: true } }, (request, reply) => {
    const { type: name } = request.params as { type: string }
    const type = name.replaceAll('-', '_')
    reply.type('text/plain; charset=utf-8')
    if (!isFaultType(type)) return reply.code(404).send('There is no such type of error.\n')
    const [status, meaning] = FAULT_TYPES[type]
    return reply.send(`${type} (${status})\n\n${meaning}\n`)
  })
}

function isFaultType(type: string): type is FaultType {
  return Object.hasOwn(FAULT_TYPES, type)
}
