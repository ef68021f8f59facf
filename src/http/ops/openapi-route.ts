import type { FastifyInstance } from 'fastify'
import { type Asset, assetOf, sendAsset } from './asset.ts'
import type { OpsDeps } from './ops-deps.ts'

/** `GET /openapi/{name}.json`: the OpenAPI document of a surface, as the running server answers it. */
export function openApiRoute(app: FastifyInstance, { documents }: Pick<OpsDeps, 'documents'>): void {
  const made = new Map<string, Asset>()
  app.setNotFoundHandler((_request, reply) => reply.code(404).send({ detail: 'not_found' }))
  app.get('/:file', (request, reply) => {
    const { file } = request.params as { file: string }
    const name = file.endsWith('.json') ? file.slice(0, -'.json'.length) : null
    const document = name === null ? undefined : documents.get(name)
    if (name === null || document === undefined) return reply.code(404).send({ detail: 'document_not_found' })
    const asset = made.get(name) ?? assetOf(JSON.stringify(document()), 'application/json; charset=utf-8')
    made.set(name, asset)
    return sendAsset(request, reply, asset)
  })
}
