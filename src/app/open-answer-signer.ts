import type { Settings } from '../config/schema.ts'
import { randomPool } from '../db/random-pool.ts'
import { type AnswerSigner, answerSigner } from '../http/sdk-v1/answer-signature.ts'

/** What signs answers to SDKs with the root key of the settings; null without one. */
export function openAnswerSigner({ signingKey }: Pick<Settings, 'signingKey'>): AnswerSigner | null {
  return signingKey === undefined ? null : answerSigner(signingKey, randomPool())
}
