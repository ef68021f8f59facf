import { createHash, createPublicKey, generateKeyPairSync, randomBytes, verify } from 'node:crypto'
import type { LightMyRequestResponse } from 'fastify'
import { describe, expect, it } from 'vitest'
import { answerSigner } from './answer-signature.ts'
import { NOW, sdkApp, TEST_KEY } from './fixtures/sdk-app.ts'

const DAY_MS = 86_400_000
const ROOT = String(generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }))
const SIGNER = answerSigner(ROOT, randomBytes)
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex')
const keyOf = (bytes: Buffer) =>
  createPublicKey({ key: Buffer.concat([SPKI_PREFIX, bytes]), format: 'der', type: 'spki' })
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

type Asked = { path: string; nonce?: string; postHash?: string; headersHash?: string; key?: string }

/** What an SDK that is built with the root key does with an answer; written from the vendor's layout alone. */
function isVerified(answer: LightMyRequestResponse, asked: Asked, now = NOW): boolean {
  const signature = Buffer.from(String(answer.headers['x-signature'] ?? ''), 'base64')
  if (signature.length !== 180) return false
  const part = (from: number, to: number) => signature.subarray(from, to)
  const root = keyOf(Buffer.from(SIGNER.publicKey, 'base64'))
  if (!verify(null, Buffer.concat([part(32, 36), part(0, 32)]), root, part(36, 100))) return false
  if (part(32, 36).readUInt32LE() * DAY_MS <= now) return false
  const message = [
    part(100, 116),
    Buffer.from(asked.key ?? TEST_KEY),
    Buffer.from(asked.nonce ?? '', 'base64'),
    Buffer.from(asked.path + (asked.postHash ?? '') + (asked.headersHash ?? '')),
    Buffer.from(String(answer.headers['x-revenuecat-request-time'])),
    Buffer.from(String(answer.headers['x-revenuecat-etag'] ?? '')),
    answer.rawPayload,
  ]
  return verify(null, Buffer.concat(message), keyOf(part(0, 32)), part(116, 180))
}

const nonce = randomBytes(12).toString('base64')

describe('with a signing key, an SDK that has the public key verifies', () => {
  it('an answer to a GET, with the nonce and a path that has to be encoded', async () => {
    const { ask } = await sdkApp({ answerSigner: SIGNER })
    const path = '/v1/subscribers/%24RCAnonymousID%3Aab'
    const headersHash = `X-Is-Sandbox:sha256:${sha256('true')}`
    const headers = { 'x-nonce': nonce, 'x-is-sandbox': 'true', 'x-headers-hash': headersHash }
    const answer = await ask({ url: path, headers })
    expect(isVerified(answer, { path, nonce, headersHash })).toBe(true)
    for (const other of [{ nonce: '' }, { path: '/v1/subscribers/ab' }, { key: 'test_other' }, { headersHash: '' }]) {
      expect(isVerified(answer, { path, nonce, headersHash, ...other })).toBe(false)
    }
  })

  it('a 304, whose body is empty', async () => {
    const { ask } = await sdkApp({ answerSigner: SIGNER })
    const path = '/v1/subscribers/alice/offerings'
    const tag = String((await ask({ url: path })).headers['x-revenuecat-etag'])
    const answer = await ask({ url: path, headers: { 'x-revenuecat-etag': tag, 'x-nonce': nonce } })
    expect([answer.statusCode, isVerified(answer, { path, nonce })]).toEqual([304, true])
  })

  it('an answer to a POST together with its parameters', async () => {
    const { ask } = await sdkApp({ answerSigner: SIGNER })
    const path = '/v1/subscribers/identify'
    const payload = { app_user_id: 'alice', new_app_user_id: 'bob' }
    const postHash = `app_user_id,new_app_user_id:sha256:${sha256('alice\0bob')}`
    const answer = await ask({
      method: 'POST',
      url: path,
      payload,
      headers: { 'x-nonce': nonce, 'x-post-params-hash': postHash },
    })
    expect(isVerified(answer, { path, nonce, postHash })).toBe(true)
  })

  it('an answer without a key and the published key itself', async () => {
    const { ask } = await sdkApp({ answerSigner: SIGNER })
    const health = await ask({ url: '/v1/health', key: null })
    expect(isVerified(health, { path: '/v1/health', key: '' })).toBe(true)
    const published = await ask({ url: '/v1/signing_key', key: null })
    expect(published.json()).toEqual({ algorithm: 'Ed25519', public_key: SIGNER.publicKey })
  })
})

describe('nothing is signed', () => {
  it('together with a hash that is not that of what arrived: somebody on the way may have put it there', async () => {
    const { ask } = await sdkApp({ answerSigner: SIGNER })
    const claims = [
      `app_user_id,new_app_user_id:sha256:${sha256('alice\0mallory')}`,
      `app_user_id:sha256:${sha256('alice')}x`,
      'app_user_id',
      `constructor:sha256:${sha256('')}0`,
    ]
    for (const claim of claims) {
      const answer = await ask({
        method: 'POST',
        url: '/v1/subscribers/identify',
        payload: { app_user_id: 'alice', new_app_user_id: 'bob' },
        headers: { 'x-post-params-hash': claim },
      })
      expect([answer.statusCode < 300, answer.headers['x-signature']]).toEqual([true, undefined])
    }
  })

  it('of an error, nor anything without a key of the operator', async () => {
    const signed = await sdkApp({ answerSigner: SIGNER })
    expect((await signed.ask({ url: '/v1/subscribers/null' })).headers).not.toHaveProperty('x-signature')
    const { ask } = await sdkApp()
    expect((await ask({ url: '/v1/subscribers/alice' })).headers).not.toHaveProperty('x-signature')
    expect((await ask({ url: '/v1/signing_key' })).statusCode).toBe(404)
  })
})

describe('the intermediate key', () => {
  const parts = {
    apiKey: '',
    nonce: '',
    path: '',
    postParamsHash: '',
    headersHash: '',
    requestTime: '',
    tag: '',
    body: '',
  }
  const bytesAt = (now: number, signer = SIGNER) => Buffer.from(signer.sign(parts, now), 'base64')
  const keyAt = (now: number, signer = SIGNER) => bytesAt(now, signer).subarray(0, 32).toString('hex')

  it('is the same in every process, another one each week, and valid for one to two weeks', () => {
    expect(keyAt(NOW, answerSigner(ROOT, randomBytes))).toBe(keyAt(NOW))
    expect(new Set([0, 7, 14, 21].map((days) => keyAt(NOW + days * DAY_MS))).size).toBe(4)
    for (let day = 0; day < 15; day++) {
      const now = NOW + day * DAY_MS
      const leftMs = bytesAt(now).readUInt32LE(32) * DAY_MS - now
      expect(leftMs).toBeGreaterThan(7 * DAY_MS)
      expect(leftMs).toBeLessThanOrEqual(14 * DAY_MS)
    }
  })
})
