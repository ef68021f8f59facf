import helmet from '@fastify/helmet'
import Fastify from 'fastify'
import { describe, expect, it } from 'vitest'
import { apiHeaders, forbidCaching, pageHeaders, sendApiHeaders } from './security-headers.ts'

async function headersOf(options: ReturnType<typeof pageHeaders>) {
  const app = Fastify()
  await app.register(helmet, options)
  app.get('/', () => 'ok')
  return (await app.inject('/')).headers
}

describe('pageHeaders', () => {
  it('allow scripts and connections of this server only, and no framing', async () => {
    const headers = await headersOf(pageHeaders(undefined))
    expect(String(headers['content-security-policy']).split(';').sort()).toEqual([
      "base-uri 'none'",
      "connect-src 'self' ws: wss:",
      "default-src 'none'",
      "font-src 'self'",
      "form-action 'self'",
      "frame-ancestors 'none'",
      "img-src 'self' data:",
      "manifest-src 'self'",
      "script-src 'self'",
      "style-src 'self' 'unsafe-inline'",
    ])
    expect(headers).toMatchObject({
      'x-frame-options': 'DENY',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-resource-policy': 'same-origin',
    })
  })
})

describe('apiHeaders', () => {
  it('forbid guessing the type, running, framing and referrers', async () => {
    expect(await headersOf(apiHeaders(undefined))).toMatchObject({
      'content-security-policy': "default-src 'none';frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-resource-policy': 'cross-origin',
    })
  })
})

describe('https only', () => {
  it.each([
    ['https://purser.example.com', 'max-age=31536000'],
    ['http://purser.example.com', undefined],
    [undefined, undefined],
  ])('is announced for the public address %s as %s', async (publicUrl, expected) => {
    for (const options of [pageHeaders(publicUrl), apiHeaders(publicUrl)]) {
      expect((await headersOf(options))['strict-transport-security']).toBe(expected)
    }
  })
})

describe('forbidCaching', () => {
  it('keeps answers, errors included, out of caches unless the route decides otherwise', async () => {
    const app = Fastify()
    app.addHook('onRequest', forbidCaching)
    app.get('/balance', () => ({ balance: 1 }))
    app.get('/picture', (_request, reply) => reply.header('cache-control', 'public').send('x'))
    app.get('/broken', () => {
      throw new Error('broken')
    })
    const cacheControl = async (url: string) => (await app.inject(url)).headers['cache-control']
    expect(await cacheControl('/balance')).toBe('no-store')
    expect(await cacheControl('/broken')).toBe('no-store')
    expect(await cacheControl('/picture')).toBe('public')
  })
})

describe('sendApiHeaders', () => {
  it.each([undefined, 'http://purser.example.com', 'https://purser.example.com'])(
    'sends what the plugin would, for a server at %s',
    async (publicUrl) => {
      const app = Fastify()
      app.addHook('onRequest', sendApiHeaders(publicUrl))
      app.get('/', () => 'ok')
      const { date: _, ...sent } = (await app.inject('/')).headers
      const { date: __, ...expected } = await headersOf(apiHeaders(publicUrl))
      expect(sent).toEqual(expected)
    },
  )
})
