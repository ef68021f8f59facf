import { Type } from 'typebox'
import type { AnswerSigner } from '../answer-signature.ts'
import { ERRORS, operation } from '../route-schema.ts'
import { SdkFault } from '../sdk-fault.ts'
import type { SdkApp } from '../sdk-route.ts'

const SigningKey = Type.Object({
  algorithm: Type.Literal('Ed25519'),
  public_key: Type.String({ description: 'The 32 bytes in base64, as SDKs are built with.' }),
})

const schema = {
  ...operation('getSigningKey', 'Other', 'Get the root key of signatures', 'none'),
  description:
    "The public key that `X-Signature` is verified with: the operator's own. 404 where answers are not signed.",
  response: { 200: SigningKey, ...ERRORS },
}

/** `GET /v1/signing_key`, of Purser alone. Whoever builds it into an app compares it with what the operator says. */
export function signingKeyRoute(app: SdkApp, signer: AnswerSigner | null): void {
  app.get('/signing_key', { schema }, async () => {
    if (signer === null) throw new SdkFault('not_found', 'Answers are not signed here.')
    return { algorithm: 'Ed25519' as const, public_key: signer.publicKey }
  })
}
