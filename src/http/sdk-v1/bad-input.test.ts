import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { MAX_BODY_BYTES, type SdkTestApp, sdkApp } from './fixtures/sdk-app.ts'

/** Routes that read a body. */
const POSTS = [
  '/v1/receipts',
  '/v1/subscribers/identify',
  '/v1/subscribers/alice/alias',
  '/v1/subscribers/alice/attributes',
  '/v1/subscribers/alice/intro_eligibility',
  '/v1/offers',
] as const

const FIELDS = [
  'app_user_id',
  'new_app_user_id',
  'fetch_token',
  'product_id',
  'product_ids',
  'product_identifiers',
  'generate_offers',
  'attributes',
  'platform',
  'constructor',
]

let sdk: SdkTestApp
beforeAll(async () => {
  sdk = await sdkApp()
})

const send = (url: string, payload: string | Buffer, headers: Record<string, string> = {}) =>
  sdk.ask({
    method: 'POST',
    url,
    headers: { 'x-platform': 'web', 'content-type': 'application/json', ...headers },
    payload,
  })

const errorShape = expect.objectContaining({ code: expect.any(Number), message: expect.any(String) })

describe('whatever is sent, the answer is JSON and never a fault of ours', () => {
  it('holds for bodies of every shape', async () => {
    const value = fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.string(), fc.array(fc.string()), fc.constant('test_1_x'))
    const body = fc.oneof(
      { weight: 4, arbitrary: fc.dictionary(fc.constantFrom(...FIELDS), value) },
      { weight: 1, arbitrary: fc.jsonValue() },
    )
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...POSTS), body, async (url, payload) => {
        const answer = await send(url, JSON.stringify(payload))
        expect(answer.statusCode).toBeLessThan(500)
        if (answer.statusCode >= 400) expect(answer.json()).toEqual(errorShape)
        else expect(answer.json()).toEqual(expect.any(Object))
      }),
      { numRuns: 300 },
    )
  })

  it('holds for paths of every shape', async () => {
    const segment = fc.oneof(
      fc
        .string({ unit: 'binary' })
        .filter((text) => text.isWellFormed())
        .map(encodeURIComponent),
      fc.string({ unit: fc.constantFrom('%', 'a', '2', 'F', '0', 'f', '.', '~', ';', '$') }),
      fc.constantFrom('..', '%2e%2e', '%2F', '%00', '%c0%80', '%ed%a0%80', '', 'identify'),
    )
    const path = fc.tuple(fc.constantFrom('/v1/subscribers/', '/rcbilling/v1/subscribers/', '/v1/config/'), segment)
    const ending = fc.constantFrom('', '/offerings', '/products?id=%zz', '/virtual_currencies', '/workflows', '/')
    await fc.assert(
      fc.asyncProperty(path, ending, async ([prefix, id], rest) => {
        const answer = await sdk.ask({ url: `${prefix}${id}${rest}` })
        expect(answer.statusCode).toBeLessThan(500)
        expect(answer.headers['access-control-allow-origin']).toBe('*')
        if (answer.statusCode >= 400) expect(answer.json()).toEqual(errorShape)
      }),
      { numRuns: 300 },
    )
  })

  it.each([
    ['no JSON', '{"app_user_id":'],
    ['no UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
    ['a key of the prototype', '{"__proto__":{"admin":true}}'],
    ['a way to the prototype', '{"constructor":{"prototype":{}}}'],
    ['the character U+0000', '{"app_user_id":"a\\u0000"}'],
    ['half a character', '{"app_user_id":"\\ud800"}'],
    ['a bottomless list', `{"a":${'['.repeat(5_000)}${']'.repeat(5_000)}}`],
    ['a number without end', '{"a":1e999}'],
  ])('refuses %s with 400 and 7226 on every route', async (_name, payload) => {
    for (const url of POSTS) {
      const answer = await send(url, payload)
      expect([url, answer.statusCode, answer.json().code]).toEqual([url, 400, 7226])
    }
  })

  it('refuses what is too large with 413, and what is no JSON by its type with 415', async () => {
    for (const url of POSTS) {
      const large = await send(url, `{"a":"${'x'.repeat(MAX_BODY_BYTES)}"}`)
      expect([large.statusCode, large.json()]).toEqual([413, { code: 7226, message: 'The body is too large.' }])
      const form = await send(url, 'a=b', { 'content-type': 'application/x-www-form-urlencoded' })
      expect([form.statusCode, form.json().code]).toEqual([415, 7226])
    }
  })
})
