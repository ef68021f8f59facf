import type { OfferSigner } from '../../usecases/ports/offer-signer.ts'
import type { Ctx } from '../../usecases/ports.ts'
import type { OpenApiFacts } from '../lib/openapi.ts'
import type { OpenApiSink } from '../lib/surface.ts'
import type { AnswerSigner } from './answer-signature.ts'

/** What the surface of the SDKs needs. */
export type SdkV1Deps = {
  ctx: Ctx
  /** The form in which secret keys are stored: SHA-256, hexadecimal. */
  hashSecret(token: string): string
  /** Null when no key of the App Store is configured. */
  offerSigner: OfferSigner | null
  /** Signs answers; without it none is signed. */
  answerSigner?: AnswerSigner | null
  openApi: OpenApiFacts
  onOpenApi: OpenApiSink<'sdk-v1'>
  /** Told of every refused request by its error code. */
  onRefusal?: (code: number) => void
}
