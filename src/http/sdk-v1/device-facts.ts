import type { FastifyRequest } from 'fastify'
import type { DeviceFacts } from './wire/attributes-from-wire.ts'

/** How an IPv4 address begins on a socket that also takes IPv6. */
const MAPPED_IPV4 = /^::ffff:(?=\d+\.)/i

/** What a request tells about the device it comes from. */
export function deviceFactsOf(request: FastifyRequest): DeviceFacts {
  const version = request.headers['x-platform-version']
  return {
    ip: request.ip.replace(MAPPED_IPV4, ''),
    deviceVersion: typeof version === 'string' && version !== '' ? version : null,
  }
}
