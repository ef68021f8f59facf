import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { AssetFile } from './asset-files.ts'

/** A year: the usual way to say "for ever". */
const FOREVER = 'public, max-age=31536000, immutable'

/** The address under which a file may be kept for ever: other content has another address. */
export function lastingUrl({ name, hash }: AssetFile): string {
  return `/assets/${name}?v=${hash}`
}

/** Serves each file at its own fixed path. Its plain address is asked again each time and mostly answered with 304. */
export function assetRoutes(app: FastifyInstance, files: readonly AssetFile[]): void {
  for (const file of files) {
    app.route({ method: ['GET', 'HEAD'], url: `/assets/${file.name}`, handler: (...args) => sendAsset(file, ...args) })
  }
}

function sendAsset(file: AssetFile, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const etag = `"${file.hash}"`
  const { v } = request.query as { v?: unknown }
  reply.headers({ etag, 'cache-control': v === file.hash ? FOREVER : 'no-cache' })
  if (isKnown(request.headers['if-none-match'], etag)) return reply.code(304).send()
  return reply.type(file.contentType).send(file.bytes)
}

/** RFC 9110, 13.1.2: the list of tags that the caller has; a weak one is as good here, and `*` is any. */
function isKnown(header: string | undefined, etag: string): boolean {
  const tags = header?.split(',').map((tag) => tag.trim().replace(/^W\//, ''))
  return tags?.some((tag) => tag === etag || tag === '*') === true
}
