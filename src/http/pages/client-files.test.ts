import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { CLIENT_URL } from './client-files.ts'
import { pagesApp } from './fixtures/pages-app.ts'

const SOURCES = join(import.meta.dirname, '..', '..', '..', 'client', 'src')

it('the page is given the client that apps use: every module, runnable, and no test', async () => {
  const app = await pagesApp()
  const names = (await readdir(SOURCES)).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
  expect(names).toContain('connect-realtime.ts')
  for (const name of names) {
    const { statusCode, headers, body } = await app.inject(`/assets/client/${name.replace('.ts', '.js')}`)
    expect([statusCode, headers['content-type']], name).toEqual([200, 'text/javascript; charset=utf-8'])
    for (const [, path] of body.matchAll(/from '([^']+)'/g)) {
      expect((await app.inject(new URL(path ?? '', `http://x/assets/client/${name}`).pathname)).statusCode, path).toBe(
        200,
      )
    }
  }
  expect((await app.inject('/assets/client/connect-realtime.test.js')).statusCode).toBe(404)
  expect((await app.inject(CLIENT_URL)).body).toContain('export function connectRealtime(options')
})

it('a server without the demo serves no client', async () => {
  expect((await (await pagesApp({ demo: null })).inject(CLIENT_URL)).statusCode).toBe(404)
})
