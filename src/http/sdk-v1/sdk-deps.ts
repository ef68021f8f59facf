import type { IncomingMessage, ServerResponse } from 'node:http'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify'
import type { Ctx } from '../../usecases/ports.ts'
import type { OpenApiFacts } from '../lib/openapi.ts'
import type { OpenApiSink } from '../lib/surface.ts'
import type { KeyGuard } from './key-guard.ts'

/** What the surface of the SDKs needs. */
export type SdkV1Deps = {
  ctx: Ctx
  /** The form in which secret keys are stored: SHA-256, hexadecimal. */
  hashSecret(token: string): string
  openApi: OpenApiFacts
  onOpenApi: OpenApiSink<'sdk-v1'>
  /** Told of every refused request by its error code. */
  onRefusal?: (code: number) => void
}

/** The surface's server: request and answer types come from the schemas. */
export type SdkApp = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>

/** What every route of the surface is given. */
export type SdkRoute = { ctx: Ctx; guard: KeyGuard }
