import { describe, expect, it } from 'vitest'
import { MAX_BODY_BYTES, SECRET_V1, sdkApp } from './fixtures/sdk-app.ts'

const ORIGIN = { origin: 'https://app.example' }

describe('calls from web pages', () => {
  it.each([
    '/v1/subscribers/%24RCAnonymousID%3Aab12/offerings',
    '/v1/receipts',
    '/v1/nothing/at/all',
    '/v1/subscribers/%zz',
    '/rcbilling/v1/subscribers/alice/products?id=a',
  ])('answers the preflight of %s without a key', async (url) => {
    const { ask } = await sdkApp()
    const asked = 'authorization,content-type,x-platform,x-my-own-header'
    const headers = { ...ORIGIN, 'access-control-request-method': 'GET', 'access-control-request-headers': asked }
    const answer = await ask({ method: 'OPTIONS', url, key: null, headers })
    expect([answer.statusCode, answer.body]).toEqual([204, ''])
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'GET, POST, PATCH, DELETE, OPTIONS',
      'access-control-allow-headers': asked,
      'access-control-max-age': '7200',
      'x-request-id': '0123456789abcdef',
    })
    expect(answer.headers).not.toHaveProperty('access-control-allow-credentials')
  })

  it('answers a preflight that asks for nothing too', async () => {
    const { ask } = await sdkApp()
    expect((await ask({ method: 'OPTIONS', url: '/v1/events', key: null })).statusCode).toBe(204)
  })

  it.each([
    [200, { url: '/v1/subscribers/alice/offerings' }],
    [201, { url: '/v1/subscribers/alice' }],
    [400, { url: '/v1/subscribers/%zz' }],
    [400, { url: '/v1/subscribers/null' }],
    [400, { method: 'POST', url: '/v1/offers', payload: '{', headers: { 'content-type': 'application/json' } }],
    [401, { url: '/v1/subscribers/alice', key: null }],
    [403, { url: '/v1/subscribers/alice/offerings', key: SECRET_V1 }],
    [404, { url: '/v1/nothing' }],
    [404, { url: '/rcbilling/v1/branding' }],
    [404, { method: 'POST', url: '/v1/config/app' }],
    [413, { method: 'POST', url: '/v1/events', payload: 'x'.repeat(MAX_BODY_BYTES + 1) }],
    [415, { method: 'POST', url: '/v1/offers', payload: 'a=b', headers: { 'content-type': 'text/html' } }],
  ] as const)(
    'lets a page read an answer with %i, or every error would look like a lost connection',
    async (status, call) => {
      const { ask } = await sdkApp()
      const answer = await ask({ ...call, headers: { ...ORIGIN, ...('headers' in call ? call.headers : {}) } })
      expect(answer.statusCode).toBe(status)
      expect(answer.headers['access-control-allow-origin']).toBe('*')
      expect(answer.headers['access-control-expose-headers']).toContain('X-RevenueCat-Request-Time')
    },
  )

  it('lets a page read our own faults too', async () => {
    const { ask, world } = await sdkApp()
    world.failure = new Error('database is gone')
    const answer = await ask({ url: '/v1/subscribers/alice', headers: ORIGIN })
    expect([answer.statusCode, answer.headers['access-control-allow-origin']]).toEqual([500, '*'])
  })
})
