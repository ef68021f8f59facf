import { createPrivateKey, type KeyObject } from 'node:crypto'
import type { ParsedSetting } from './parsed-setting.ts'

/** Bytes of an Ed25519 private key. */
const SEED_BYTES = 32

/** How every Ed25519 private key begins in its standard form (PKCS #8, RFC 8410). */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex')

/** Reads an Ed25519 private key: a PEM block, or its 32 bytes in base64. The value is the PEM block. Never quotes it. */
export function parseSigningKey(raw: string): ParsedSetting {
  const key = raw.includes('-----BEGIN') ? keyFromPem(raw) : keyFromSeed(raw)
  if (key === null) return { ok: false, problem: 'it is neither a PEM block with a private key nor 32 bytes in base64' }
  if (key.asymmetricKeyType !== 'ed25519') {
    return { ok: false, problem: `keys of the kind ${key.asymmetricKeyType} cannot sign answers, only ed25519` }
  }
  return { ok: true, value: String(key.export({ format: 'pem', type: 'pkcs8' })) }
}

function keyFromPem(raw: string): KeyObject | null {
  try {
    return createPrivateKey(raw.replaceAll('\\n', '\n'))
  } catch {
    return null
  }
}

function keyFromSeed(raw: string): KeyObject | null {
  const seed = Buffer.from(raw, 'base64')
  if (seed.length !== SEED_BYTES || !/^[A-Za-z0-9+/]{43}=?$/.test(raw)) return null
  return createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed]), format: 'der', type: 'pkcs8' })
}
