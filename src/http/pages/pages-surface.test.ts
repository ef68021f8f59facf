import { describe, expect, it } from 'vitest'
import { pagesApp } from './fixtures/pages-app.ts'

describe('the pages', () => {
  it.each(['/', '/try'])('%s runs scripts of this server only, and none that stands in the page', async (url) => {
    const { statusCode, headers, body } = await (await pagesApp()).inject(url)
    expect(statusCode).toBe(200)
    expect(headers['content-type']).toBe('text/html; charset=utf-8')
    expect(headers['cache-control']).toBe('no-cache')
    expect(headers['x-content-type-options']).toBe('nosniff')
    expect(headers['content-security-policy']).toContain("script-src 'self';")
    for (const [, attributes, content] of body.matchAll(/<script([^>]*)>([^<]*)/g)) {
      expect(attributes).toMatch(/ src="\/assets\//)
      expect(content).toBe('')
    }
    expect(body).not.toMatch(/ on[a-z]+=|<style|javascript:/)
  })

  it('ask for nothing that is not on this server', async () => {
    const app = await pagesApp()
    for (const url of ['/', '/try']) {
      const { body } = await app.inject(url)
      const asked = [...body.matchAll(/(?:href|src)="([^"]+)"/g)].map(([, address = '']) => address)
      expect(asked.length).toBeGreaterThan(3)
      expect(asked.filter((address) => !/^[/#](?!\/)/.test(address))).toEqual([])
      for (const asset of asked.filter((address) => address.startsWith('/assets/'))) {
        expect((await app.inject(asset)).statusCode, asset).toBe(200)
      }
    }
  })

  it('the start page says what runs, and shows values as text', async () => {
    const { body } = await (await pagesApp({ engine: '<b>PostgreSQL' })).inject('/')
    expect(body).toContain('<dd>1.2.3</dd>')
    expect(body).toContain('<dd>&lt;b&gt;PostgreSQL</dd>')
    const documents = ['sdk-v1', 'api-v2', 'admin', 'usage'].map((name) => `/openapi/${name}.json`)
    for (const place of ['/try', '/reference', ...documents, '/ready', '/metrics']) {
      expect(body).toContain(`href="${place}"`)
    }
  })

  it('a HEAD is answered without a body, for those that only look whether somebody is there', async () => {
    const { statusCode, body } = await (await pagesApp()).inject({ method: 'HEAD', url: '/' })
    expect([statusCode, body]).toEqual([200, ''])
  })

  it('the page to try things never contains the key: it is told by the settings', async () => {
    expect((await (await pagesApp()).inject('/try')).body).not.toContain('test_key')
  })
})

describe('without a demo project', () => {
  it('the start page says only what runs', async () => {
    const { body } = await (await pagesApp({ demo: null })).inject('/')
    expect(body).toContain('<dd>embedded PostgreSQL 18.4</dd>')
    expect(body).not.toMatch(/\/try|[Dd]emo|credentials/)
  })

  it('there is nothing to try, in words', async () => {
    const { statusCode, headers, body } = await (await pagesApp({ demo: null })).inject('/try')
    expect(statusCode).toBe(404)
    expect(headers['content-type']).toBe('text/html; charset=utf-8')
    expect(body).toContain('without a demo project')
  })

  it.each([
    ['GET', '/demo/settings.json'],
    ['POST', '/demo/token'],
    ['GET', '/assets/try.js'],
    ['GET', '/assets/purchases.js'],
  ] as const)('%s %s does not exist', async (method, url) => {
    const headers = { authorization: 'Bearer test_key' }
    const payload = method === 'POST' ? { app_user_id: 'anna' } : undefined
    const app = await pagesApp({ demo: null })
    expect((await app.inject({ method, url, headers, ...(payload && { payload }) })).statusCode).toBe(404)
  })
})
