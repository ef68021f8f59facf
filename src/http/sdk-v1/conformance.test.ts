import { existsSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { CONFORMANCE } from './conformance.ts'
import { sdkApp } from './fixtures/sdk-app.ts'

const root = new URL('../../../', import.meta.url)
const shapeOf = (path: string) => path.replace(/\{[^}]+\}|:[a-z_]+/g, '*')
const callOf = ({ method, path }: { method: string; path: string }) => `${method} ${shapeOf(path)}`
const served = CONFORMANCE.filter((row) => row.isServed)

it('every row that is served has a route, and every route of the surface has a row', async () => {
  const { routes } = await sdkApp()
  const registered = new Set(routes.filter(({ method }) => method !== 'OPTIONS').map(callOf))
  expect([...new Set(served.map(callOf))].sort()).toEqual([...registered].sort())
})

it('no call has two rows, save those that differ by the meaning of a part of the path', () => {
  const calls = CONFORMANCE.map(({ method, path }) => `${method} ${path}`)
  expect(calls).toEqual([...new Set(calls)])
})

it.each(CONFORMANCE.filter((row) => !row.isServed))(
  '$method $path is 404 with a body that SDKs can read',
  async (row) => {
    const { ask } = await sdkApp()
    const url = row.path.replace(/\{[^}]+\}/g, 'x')
    const answer = await ask({ method: row.method, url, ...(row.method === 'GET' ? {} : { payload: {} }) })
    expect([answer.statusCode, answer.json()]).toEqual([404, { code: 7226, message: expect.any(String) }])
  },
)

it.each(served)('$method $path has a test that names it', ({ path, test }) => {
  const file = new URL(test, root)
  expect(existsSync(file), test).toBe(true)
  const lastWord = path.split('/').findLast((part) => !part.startsWith('{')) ?? ''
  expect(readFileSync(file, 'utf8')).toContain(lastWord)
})

it.each(served)('$method $path asks for the keys that its row names', async ({ method, path, keys }) => {
  const { ask } = await sdkApp()
  const url = path.replace(/\{[^}]+\}/g, 'x')
  const status = async (key: string | null) =>
    (await ask({ method, url, key, ...(method === 'POST' ? { payload: {} } : {}) })).statusCode
  const [none, open, secret] = [await status(null), await status('test_key'), await status('sk_one')]
  expect({ none: none === 401, public: open === 401, secret: secret === 401 || secret === 403 }).toEqual({
    none: keys !== 'none',
    public: keys === 'secret',
    secret: keys === 'public',
  })
})
