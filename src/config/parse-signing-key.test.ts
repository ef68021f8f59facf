import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto'
import { expect, it } from 'vitest'
import { parseSigningKey } from './parse-signing-key.ts'

const { privateKey } = generateKeyPairSync('ed25519')
const PEM = String(privateKey.export({ format: 'pem', type: 'pkcs8' }))
const SEED = privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(-32).toString('base64')

it.each([
  ['a PEM block', PEM.trim()],
  ['a PEM block on one line', PEM.trim().replaceAll('\n', '\\n')],
  ['32 bytes in base64', SEED],
])('reads %s as the same key', (_name, raw) => {
  const parsed = parseSigningKey(raw)
  const value = parsed.ok ? String(parsed.value) : ''
  expect(createPublicKey(value).equals(createPublicKey(createPrivateKey(PEM)))).toBe(true)
})

it('refuses what is no such key, without quoting it', () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'pem', type: 'pkcs8' })
  const others = [String(rsa), PEM.slice(0, 60), SEED.slice(0, 20), `${SEED}AAAA`, 'hunter2']
  for (const raw of others) {
    const parsed = parseSigningKey(raw)
    expect(parsed.ok).toBe(false)
    expect(JSON.stringify(parsed)).not.toContain(raw)
  }
})
