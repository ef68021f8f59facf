import type { FastifyInstance } from 'fastify'
import { pageHeaders } from '../lib/security-headers.ts'
import { type Asset, assetOf, sendAsset } from './asset.ts'
import type { OpsDeps } from './ops-deps.ts'
import { referencePage } from './reference-page.ts'
import { REFERENCE_STYLE } from './reference-style.ts'
import { readViewer, viewerPaths } from './viewer-file.ts'

/** `GET /reference`, a page that shows the OpenAPI documents, with its files from this server. */
export function referenceRoutes(app: FastifyInstance, deps: OpsDeps): void {
  const style = assetOf(REFERENCE_STYLE, 'text/css; charset=utf-8')
  const viewer = onceRead(deps.viewerPaths ?? viewerPaths())
  const helmet = pageHeaders(deps.publicUrl)
  app.setNotFoundHandler((_request, reply) => reply.code(404).send({ detail: 'not_found' }))

  app.get('', { helmet, exposeHeadRoute: true }, async (request, reply) => {
    const names = [...deps.documents.keys()]
    const { document } = request.query as { document?: unknown }
    const shown = names.find((name) => name === document) ?? names[0]
    const viewerTag = (await viewer())?.tag ?? null
    const page = referencePage({ names, shown, styleTag: style.tag, viewerTag })
    return reply.type('text/html; charset=utf-8').send(page)
  })
  // The page's addresses are relative to the one without a slash.
  app.get('/', { prefixTrailingSlash: 'slash' }, async (_request, reply) => reply.redirect('../reference', 308))
  app.get('/reference.css', { helmet }, (request, reply) => sendAsset(request, reply, style))
  app.get('/rapidoc-min.js', { helmet }, async (request, reply) => {
    const asset = await viewer()
    return asset === null ? reply.callNotFound() : sendAsset(request, reply, asset)
  })
}

/** Reads the viewer with the first request that needs it; servers that nobody asks for the page never do. */
function onceRead(paths: readonly string[]): () => Promise<Asset | null> {
  let asset: Promise<Asset | null> | undefined
  return () => {
    asset ??= readViewer(paths).then((body) => (body === null ? null : assetOf(body, 'text/javascript; charset=utf-8')))
    return asset
  }
}
