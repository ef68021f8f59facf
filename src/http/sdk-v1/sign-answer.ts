import type { onSendHookHandler } from 'fastify'
import type { Clock } from '../../core/lib/clock.ts'
import { bearerOf } from '../lib/user-identity.ts'
import type { AnswerSigner } from './answer-signature.ts'
import { TAG_HEADER } from './answer-tag.ts'
import { hashesAreTrue } from './claimed-hashes.ts'

const SIGNATURE_HEADER = 'x-signature'
/** Statuses that SDKs verify are below this; an error is believed as it is. */
const FIRST_UNSIGNED_STATUS = 400

/**
 * The onSend hook that signs every answer that SDKs would verify. It comes after all that decides status, headers and
 * body. A request whose hashes are not those of its own parts is answered without a signature.
 */
export function signAnswer(signer: AnswerSigner, clock: Clock, requestTimeHeader: string): onSendHookHandler {
  return (request, reply, payload, done) => {
    const isText = payload === null || payload === undefined || typeof payload === 'string'
    if (!isText || reply.statusCode >= FIRST_UNSIGNED_STATUS || !hashesAreTrue(request)) return done(null, payload)
    const header = (name: string) => String(request.headers[name] ?? '')
    const parts = {
      apiKey: bearerOf(request.headers.authorization) ?? '',
      nonce: header('x-nonce'),
      path: request.originalUrl.split('?', 1)[0] ?? '',
      postParamsHash: header('x-post-params-hash'),
      headersHash: header('x-headers-hash'),
      requestTime: String(reply.getHeader(requestTimeHeader) ?? ''),
      tag: String(reply.getHeader(TAG_HEADER) ?? ''),
      body: payload ?? '',
    }
    reply.header(SIGNATURE_HEADER, signer.sign(parts, clock.now()))
    done(null, payload)
  }
}
