import type { FastifyRequest } from 'fastify'
import type { FaultType } from './api-fault.ts'

/** Makes absolute URLs of this server, as its clients reach it. `path` are decoded segments. */
export type Links = {
  of(request: Pick<FastifyRequest, 'protocol' | 'host'>, path: readonly string[], query?: URLSearchParams): string
}

/** Without a configured public address, it is the one that the request was sent to. */
export function linksTo(publicUrl: string | undefined): Links {
  return {
    of({ protocol, host }, path, query = new URLSearchParams()) {
      const base = publicUrl ?? `${protocol}://${host}`
      const search = query.size === 0 ? '' : `?${query}`
      return `${base}/${path.map(encodeURIComponent).join('/')}${search}`
    },
  }
}

/** Where the page about a type of error is. */
export function errorPagePath(type: FaultType): string[] {
  return ['docs', 'errors', type.replaceAll('_', '-')]
}
