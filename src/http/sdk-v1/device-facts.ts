import type { FastifyRequest } from 'fastify'
import type { DeviceFacts } from './wire/attributes-from-wire.ts'

/** What a request tells about the device it comes from. */
export function deviceFactsOf(request: FastifyRequest): DeviceFacts {
  const version = request.headers['x-platform-version']
  return { ip: request.ip, deviceVersion: typeof version === 'string' && version !== '' ? version : null }
}
