import { createHash } from 'node:crypto'
import type { FastifyRequest } from 'fastify'

/** Fields that a hash may name. SDKs name three at most. */
const MAX_FIELDS = 10

/**
 * Whether the hashes that a request claims of its own parts are true. Only then may an answer be signed together with
 * them: a signature over a hash that somebody else wrote would vouch for a body that the app never sent. REST API v1,
 * signed responses: `field1,field2:sha256:<hex>` over the values that are not null, joined by a zero byte.
 */
export function hashesAreTrue(request: FastifyRequest): boolean {
  const body: unknown = request.body
  const fields = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {}
  return (
    isTrue(request.headers['x-post-params-hash'], (name) => (Object.hasOwn(fields, name) ? fields[name] : null)) &&
    isTrue(request.headers['x-headers-hash'], (name) => request.headers[name.toLowerCase()])
  )
}

function isTrue(claim: string | string[] | undefined, fieldOf: (name: string) => unknown): boolean {
  if (claim === undefined || claim === '') return true
  const [, names, hash] = /^([^:]+):sha256:([0-9a-f]{64})$/i.exec(String(claim)) ?? []
  if (names === undefined || hash === undefined) return false
  const values = names
    .split(',', MAX_FIELDS + 1)
    .map(fieldOf)
    .filter((value) => value !== null && value !== undefined)
  if (values.length > MAX_FIELDS || !values.every((value) => typeof value === 'string')) return false
  return createHash('sha256').update(values.join('\0')).digest('hex') === hash.toLowerCase()
}
