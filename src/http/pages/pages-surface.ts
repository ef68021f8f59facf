import helmet from '@fastify/helmet'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { pageHeaders } from '../lib/security-headers.ts'
import { nameSurface } from '../lib/surface.ts'
import { readAssets, readSdk } from './asset-files.ts'
import { assetRoutes } from './asset-routes.ts'
import { readClient } from './client-files.ts'
import { type DemoDeps, demoRoutes } from './demo-routes.ts'
import type { Html } from './html.ts'
import { missingPage } from './missing-page.ts'
import { startPage } from './start-page.ts'
import { tryPage } from './try-page.ts'

export type PagesDeps = {
  /** The version of the program. */
  readonly version: string
  /** The database in use, in words. */
  readonly engine: string
  readonly publicUrl: string | undefined
  /** Null without a demo project: then there is nothing to try. */
  readonly demo: DemoDeps | null
}

/** The pages for people: what runs here, and in demo mode an app to try it with. Register it without a prefix. */
export async function pagesSurface(app: FastifyInstance, deps: PagesDeps): Promise<void> {
  nameSurface(app, 'pages')
  await app.register(helmet, pageHeaders(deps.publicUrl))
  const { demo } = deps
  const files = await readAssets(demo !== null)
  const start = startPage({ ...deps, isDemo: demo !== null })
  page(app, '/', (reply) => sendPage(reply, start))
  if (demo === null) {
    assetRoutes(app, files)
    page(app, '/try', (reply) => sendPage(reply.code(404), missingPage))
    return
  }
  const sdk = await readSdk()
  assetRoutes(app, [...files, sdk, ...(await readClient())])
  const tryIt = tryPage({ sdkVersion: sdk.version })
  page(app, '/try', (reply) => sendPage(reply, tryIt))
  await app.register(async (routes) => demoRoutes(routes, { demo, sdk }))
}

function page(app: FastifyInstance, url: string, send: (reply: FastifyReply) => FastifyReply): void {
  app.route({ method: ['GET', 'HEAD'], url, handler: (_request, reply) => send(reply) })
}

/** A page is asked for each time: it changes with the server, and names no file by its content. */
function sendPage(reply: FastifyReply, { markup }: Html): FastifyReply {
  return reply.header('cache-control', 'no-cache').type('text/html; charset=utf-8').send(markup)
}
