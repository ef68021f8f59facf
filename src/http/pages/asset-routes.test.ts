import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { pagesApp } from './fixtures/pages-app.ts'

const folder = join(import.meta.dirname, 'assets')

describe('assets', () => {
  it('every file of the folder is served as it is, with the type of its kind', async () => {
    const app = await pagesApp()
    const types = { css: 'text/css; charset=utf-8', js: 'text/javascript; charset=utf-8', svg: 'image/svg+xml' }
    const names = (await readdir(folder)).filter((name) => !name.endsWith('.json'))
    expect(names.length).toBeGreaterThan(10)
    for (const name of names) {
      const { statusCode, headers, rawPayload } = await app.inject(`/assets/${name}`)
      expect(statusCode, name).toBe(200)
      expect(headers['content-type']).toBe(types[name.split('.').at(-1) as keyof typeof types])
      expect(rawPayload.equals(await readFile(join(folder, name)))).toBe(true)
    }
  })

  it('the SDK is the one that is installed, byte for byte', async () => {
    const { rawPayload } = await (await pagesApp()).inject('/assets/purchases.js')
    const installed = fileURLToPath(import.meta.resolve('@revenuecat/purchases-js'))
    expect(rawPayload.equals(await readFile(installed))).toBe(true)
  })

  it('a copy that is still right is confirmed, not sent again', async () => {
    const app = await pagesApp()
    const { headers } = await app.inject('/assets/try.js')
    expect(headers['cache-control']).toBe('no-cache')
    const etag = String(headers.etag)
    expect(etag).toMatch(/^"[\w-]{22}"$/)
    for (const known of [etag, `"other", W/${etag}`, '*']) {
      const again = await app.inject({ url: '/assets/try.js', headers: { 'if-none-match': known } })
      expect([again.statusCode, again.body, again.headers.etag]).toEqual([304, '', etag])
    }
    const other = await app.inject({ url: '/assets/try.js', headers: { 'if-none-match': '"other"' } })
    expect(other.statusCode).toBe(200)
  })

  it('only an address that names the content may be kept for ever', async () => {
    const app = await pagesApp()
    const cacheControl = async (url: string) => (await app.inject(url)).headers['cache-control']
    const { sdk_url: url } = (await app.inject('/demo/settings.json')).json<{ sdk_url: string }>()
    expect(await cacheControl(url)).toBe('public, max-age=31536000, immutable')
    expect(await cacheControl('/assets/purchases.js?v=another')).toBe('no-cache')
  })

  it.each([
    '/assets/',
    '/assets/tsconfig.json',
    '/assets/../html.ts',
    '/assets/..%2fhtml.ts',
    '/assets/%2e%2e/html.ts',
    '/assets/..%5chtml.ts',
    '/assets/try.js%00.css',
    '/assets//etc/passwd',
  ])('%s leads nowhere', async (url) => {
    expect((await (await pagesApp()).inject(url)).statusCode).toBeGreaterThanOrEqual(400)
  })
})
