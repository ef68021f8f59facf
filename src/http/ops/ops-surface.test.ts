import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterAll, describe, expect, it } from 'vitest'
import { createServer } from '../server.ts'
import type { OpsDeps } from './ops-deps.ts'
import { opsSurface } from './ops-surface.ts'

const folder = mkdtempSync(join(tmpdir(), 'purser-ops-'))
const viewerFile = join(folder, 'viewer.js')
writeFileSync(viewerFile, 'export const viewer = 1')
afterAll(() => rmSync(folder, { recursive: true }))

async function opsApp(overrides: Partial<OpsDeps> = {}) {
  const app = createServer({
    logger: pino({ level: 'silent' }),
    maxBodyBytes: 1_024,
    trustProxy: false,
    newRequestId: () => '0123456789abcdef',
  })
  await app.register(opsSurface, {
    readiness: async () => ({ ready: true, checks: { database: true, draining: false } }),
    metricsText: async () => 'purser_things_total 1\n',
    metricsContentType: 'text/plain; version=0.0.4; charset=utf-8',
    documents: new Map([
      ['sdk-v1', () => ({ openapi: '3.1.0', info: { title: 'one' } })],
      ['admin', () => ({ openapi: '3.1.0', info: { title: 'two' } })],
    ]),
    publicUrl: undefined,
    viewerPaths: [join(folder, 'missing.js'), viewerFile],
    ...overrides,
  })
  return app
}

describe('health', () => {
  it('a process that answers is live, whatever its database does', async () => {
    const app = await opsApp({ readiness: () => Promise.reject(new Error('gone')) })
    const answer = await app.inject('/live')
    expect([answer.statusCode, answer.json()]).toEqual([200, { status: 'live' }])
    expect((await app.inject({ method: 'HEAD', url: '/live' })).statusCode).toBe(200)
  })

  it.each([
    [true, 200, 'ready'],
    [false, 503, 'not_ready'],
  ])('ready %s is %i, with each check and never from a cache', async (ready, status, word) => {
    const checks = { database: ready, draining: false }
    const app = await opsApp({ readiness: async () => ({ ready, checks }) })
    const answer = await app.inject('/ready')
    expect([answer.statusCode, answer.json()]).toEqual([status, { status: word, checks }])
    expect(answer.headers['cache-control']).toBe('no-store')
    expect((await app.inject({ method: 'HEAD', url: '/ready' })).statusCode).toBe(status)
  })

  it('a check that fails means not ready, and its cause is not told', async () => {
    const app = await opsApp({ readiness: () => Promise.reject(new Error('password of the database')) })
    const answer = await app.inject('/ready')
    expect([answer.statusCode, answer.json()]).toEqual([503, { status: 'not_ready', checks: {} }])
  })
})

it('metrics are told in the format they are in', async () => {
  const answer = await (await opsApp()).inject('/metrics')
  expect([answer.statusCode, answer.body]).toEqual([200, 'purser_things_total 1\n'])
  expect(answer.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8')
})

it('a failure is answered without its cause', async () => {
  const app = await opsApp({ metricsText: () => Promise.reject(new Error('secret')) })
  const answer = await app.inject('/metrics')
  expect([answer.statusCode, answer.json()]).toEqual([
    500,
    { detail: 'internal_error', request_id: '0123456789abcdef' },
  ])
})

describe('OpenAPI documents', () => {
  it('are served as JSON by name, and not again to who has them', async () => {
    const app = await opsApp()
    const answer = await app.inject('/openapi/admin.json')
    expect(answer.statusCode).toBe(200)
    expect(answer.json()).toEqual({ openapi: '3.1.0', info: { title: 'two' } })
    expect(answer.headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-cache',
    })
    for (const tag of [answer.headers.etag, `W/${answer.headers.etag}`, `"other", ${answer.headers.etag}`]) {
      const again = await app.inject({ url: '/openapi/admin.json', headers: { 'if-none-match': tag } })
      expect([again.statusCode, again.body]).toEqual([304, ''])
    }
    const other = await app.inject({ url: '/openapi/sdk-v1.json', headers: { 'if-none-match': answer.headers.etag } })
    expect(other.statusCode).toBe(200)
  })

  it.each(['/openapi/api-v2.json', '/openapi/admin', '/openapi/.json', '/openapi/__proto__.json', '/openapi/a/b'])(
    '%s does not exist, and says so in JSON',
    async (url) => {
      const answer = await (await opsApp()).inject(url)
      expect(answer.statusCode).toBe(404)
      expect(answer.json()).toEqual({ detail: expect.stringMatching(/not_found$/) })
    },
  )
})

describe('the reference page', () => {
  it('shows the first document, or the one that is asked for, and links to all', async () => {
    const app = await opsApp()
    const first = await app.inject('/reference')
    expect(first.headers['content-type']).toBe('text/html; charset=utf-8')
    expect(first.body).toContain('<html lang="en">')
    expect(first.body).toContain('<title>Purser: SDK API v1 reference</title>')
    expect(first.body).toContain('spec-url="openapi/sdk-v1.json"')
    for (const link of ['reference?document=sdk-v1', 'reference?document=admin', 'openapi/admin.json']) {
      expect(first.body).toContain(`href="${link}"`)
    }
    const second = await app.inject('/reference?document=admin')
    expect(second.body).toContain('spec-url="openapi/admin.json"')
    expect(second.body).toContain('href="reference?document=admin" aria-current="page"')
    const strange = await app.inject('/reference?document="><script>')
    expect(strange.body).toContain('spec-url="openapi/sdk-v1.json"')
    expect(strange.body).not.toContain('"><script>')
  })

  it('runs no script but its own files, and loads nothing from elsewhere', async () => {
    const { headers, body } = await (await opsApp()).inject('/reference')
    expect(headers['content-security-policy']).toContain("default-src 'none';script-src 'self';")
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'")
    expect(headers['x-content-type-options']).toBe('nosniff')
    expect(body).not.toMatch(/https?:|\/\/|<script>|\son\w+="/)
    expect(body).toContain('load-fonts="false"')
  })

  it('keeps its files for ever under the addresses it gives, and only there', async () => {
    const app = await opsApp()
    const { body } = await app.inject('/reference')
    const files = [...body.matchAll(/(?:src|href)="(reference\/[^"]+)"/g)].map(([, path]) => `/${path}`)
    expect(files).toHaveLength(2)
    for (const file of files) {
      expect((await app.inject(file)).headers['cache-control']).toBe('public, max-age=31536000, immutable')
      const plain = await app.inject(file.split('?')[0] ?? '')
      expect([plain.statusCode, plain.headers['cache-control']]).toEqual([200, 'no-cache'])
    }
    expect((await app.inject('/reference/rapidoc-min.js')).body).toBe('export const viewer = 1')
    expect((await app.inject('/reference/rapidoc-min.js')).headers['content-type']).toMatch(/^text\/javascript/)
  })

  it('says so when the viewer is not installed, and still leads to the documents', async () => {
    const app = await opsApp({ viewerPaths: [join(folder, 'missing.js')] })
    const { statusCode, body } = await app.inject('/reference')
    expect(statusCode).toBe(200)
    expect(body).toContain('The viewer is not installed')
    expect(body).not.toContain('<script')
    expect(body).toContain('href="openapi/admin.json"')
    expect((await app.inject('/reference/rapidoc-min.js')).json()).toEqual({ detail: 'not_found' })
  })

  it('has an answer when nothing is described', async () => {
    const { body } = await (await opsApp({ documents: new Map() })).inject('/reference')
    expect(body).toContain('describes none of its APIs')
  })

  it('sends those who add a slash to the page, also below the path of a proxy', async () => {
    const answer = await (await opsApp()).inject('/reference/')
    expect([answer.statusCode, answer.headers.location]).toEqual([308, '../reference'])
  })
})
