import type { FastifyInstance } from 'fastify'

declare module 'fastify' {
  interface FastifyRequest {
    /** The surface that answers this request, as metrics name it; absent when none claims its path. */
    readonly surface?: string
  }
}

/** Gives a surface's requests its name. Call it first in the surface's plugin, once. */
export function nameSurface(app: FastifyInstance, name: string): void {
  app.decorateRequest('surface', name)
}

/** Takes a surface's OpenAPI document. It is told when the server is ready; the document is made when it is called. */
export type OpenApiSink<Name extends string = string> = (name: Name, document: () => object) => void
