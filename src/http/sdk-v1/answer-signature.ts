import { createPrivateKey, createPublicKey, hkdfSync, type KeyObject, sign } from 'node:crypto'
import { DAY_MS } from '../../core/lib/clock.ts'

/** What a signature vouches for. Parts that are missing are empty. REST API v1, signed responses. */
export type SignedParts = {
  apiKey: string
  /** Base64, as the SDK sent it. */
  nonce: string
  /** As it was sent, without host and query. */
  path: string
  postParamsHash: string
  headersHash: string
  requestTime: string
  tag: string
  body: string
}

export type AnswerSigner = {
  /** The root public key that an SDK is built with, 32 bytes in base64. */
  publicKey: string
  /** The value of `X-Signature`. */
  sign(parts: SignedParts, now: number): string
}

const SALT_BYTES = 16
const NONCE_BYTES = 12

/** An intermediate key signs for a week and is valid for another, for answers that were on their way or kept. */
const PERIOD_DAYS = 7

/** How the standard form of an Ed25519 private key begins (PKCS #8, RFC 8410); its 32 bytes follow. */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex')
const KEY_BYTES = 32

type Intermediate = { expiryDay: number; key: KeyObject; certificate: Buffer }

/**
 * Signs answers as RevenueCat's SDKs verify them, with a root key of the operator's own. Intermediate keys follow from
 * the root key and the week, so that all processes of a server have the same one and none is stored. `rootKeyPem` is an
 * Ed25519 private key.
 */
export function answerSigner(rootKeyPem: string, randomBytes: (count: number) => Uint8Array): AnswerSigner {
  const root = createPrivateKey(rootKeyPem)
  let latest: Intermediate | null = null
  return {
    publicKey: publicBytes(root).toString('base64'),
    sign(parts, now) {
      const expiryDay = (Math.floor(now / DAY_MS / PERIOD_DAYS) + 2) * PERIOD_DAYS
      if (latest?.expiryDay !== expiryDay) latest = intermediateKey(root, expiryDay)
      const salt = Buffer.from(randomBytes(SALT_BYTES))
      const signature = sign(null, signedMessage(salt, parts), latest.key)
      return Buffer.concat([latest.certificate, salt, signature]).toString('base64')
    },
  }
}

/** The bytes that are signed. */
function signedMessage(salt: Uint8Array, parts: SignedParts): Buffer {
  const { apiKey, nonce, path, postParamsHash, headersHash, requestTime, tag, body } = parts
  const nonceBytes = Buffer.from(nonce, 'base64').subarray(0, NONCE_BYTES)
  const text = path + postParamsHash + headersHash + requestTime + tag + body
  return Buffer.concat([salt, Buffer.from(apiKey), nonceBytes, Buffer.from(text)])
}

/** Public key, last day, and the root key's signature over day and key: how the header begins. */
function intermediateKey(root: KeyObject, expiryDay: number): Intermediate {
  const purpose = `purser answer signatures until day ${expiryDay}`
  const seed = Buffer.from(hkdfSync('sha256', seedOf(root), Buffer.alloc(0), purpose, KEY_BYTES))
  const key = createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed]), format: 'der', type: 'pkcs8' })
  const expiry = Buffer.alloc(4)
  expiry.writeUInt32LE(expiryDay)
  const publicKey = publicBytes(key)
  const signature = sign(null, Buffer.concat([expiry, publicKey]), root)
  return { expiryDay, key, certificate: Buffer.concat([publicKey, expiry, signature]) }
}

function seedOf(key: KeyObject): Buffer {
  return key.export({ format: 'der', type: 'pkcs8' }).subarray(-KEY_BYTES)
}

function publicBytes(key: KeyObject): Buffer {
  return createPublicKey(key as unknown as string)
    .export({ format: 'der', type: 'spki' })
    .subarray(-KEY_BYTES)
}
