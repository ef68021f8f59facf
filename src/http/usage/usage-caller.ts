import type {} from 'fastify'

/** Whose request it is: a signed-in user's, or that of a server of the project. */
export type UsageCaller =
  | { kind: 'user'; projectId: string; userId: string }
  | { kind: 'server'; projectId: string; keyId: string }

declare module 'fastify' {
  interface FastifyRequest {
    usageCaller?: UsageCaller
  }
}
