import { createHash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'

/** A file as it is sent, with a tag that is equal exactly for equal contents. */
export type Asset = { readonly body: Buffer; readonly type: string; readonly tag: string }

/** 64 bits tell the few versions of a file apart. */
const TAG_DIGITS = 16

/** A year, the longest that caches promise. */
const FOR_EVER = 'public, max-age=31536000, immutable'

/** Makes an asset of a file's contents. */
export function assetOf(content: string | Buffer, type: string): Asset {
  const body = typeof content === 'string' ? Buffer.from(content) : content
  return { body, type, tag: createHash('sha256').update(body).digest('hex').slice(0, TAG_DIGITS) }
}

/**
 * Sends an asset. Asked for under its tag (`?v=tag`) it is kept for ever, since another content has another address;
 * otherwise caches ask each time whether it is still the same (RFC 9111), and are told so without the body.
 */
export function sendAsset(request: FastifyRequest, reply: FastifyReply, asset: Asset): FastifyReply {
  const { v } = request.query as { v?: unknown }
  reply.header('etag', `"${asset.tag}"`)
  reply.header('cache-control', v === asset.tag ? FOR_EVER : 'no-cache')
  if (isKnown(request.headers['if-none-match'], asset.tag)) return reply.code(304).send()
  return reply.type(asset.type).send(asset.body)
}

/** Whether `If-None-Match` lists the tag; a proxy that compresses makes it a weak one (RFC 9110, 13.1.2). */
function isKnown(header: string | undefined, tag: string): boolean {
  const listed = (header ?? '').split(',').map((entry) => entry.trim().replace(/^W\//, ''))
  return listed.includes(`"${tag}"`) || listed.includes('*')
}
