import type { IncomingMessage, ServerResponse } from 'node:http'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify'
import type { OfferSigner } from '../../usecases/ports/offer-signer.ts'
import type { Ctx } from '../../usecases/ports.ts'
import type { KeyGuard } from './key-guard.ts'

/** The surface's server: request and answer types come from the schemas. */
export type SdkApp = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>

/** What every route of the surface is given. */
export type SdkRoute = { ctx: Ctx; guard: KeyGuard; offerSigner: OfferSigner | null }
