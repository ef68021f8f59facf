import { createHash, randomBytes } from 'node:crypto'
import type { TokenSecrets } from '../usecases/token-secrets.ts'

/** 256 bits: a token cannot be guessed, and a fast hash is enough to store it. */
const TOKEN_BYTES = 32

/** Secrets of 32 random bytes in base64url, hashed with SHA-256. `random` gives that many bytes. */
export function createTokenSecrets(random: (count: number) => Uint8Array = randomBytes): TokenSecrets {
  return {
    newToken: () => Buffer.from(random(TOKEN_BYTES)).toString('base64url'),
    hash: (token) => createHash('sha256').update(token).digest('hex'),
  }
}
