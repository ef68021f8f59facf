import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { ADMIN_ERRORS } from './errors.ts'
import { adminApp, change, USER } from './fixtures/admin-app.ts'

it.each([
  ['text', '{"amount": ', 400, /^invalid_json: The body is not valid JSON/],
  ['no UTF-8', Buffer.from([0x7b, 0xff]), 400, /^invalid_json: The body is not valid UTF-8/],
  ['a number beyond all bounds', '{"amount": 1e400}', 422, /^invalid_body: The number at "\/amount" is too large/],
  ['a character that cannot be stored', '{"reason": "a\\u0000b"}', 422, /^invalid_body: .*"\/reason"/],
  ['half a character', '{"reason": "abc\\ud800"}', 422, /^invalid_body: .*"\/reason"/],
  ['a prototype', '{"__proto__": {}}', 422, /^invalid_body: /],
  ['a list', '[]', 422, /^body: must be a JSON object$/],
  ['nothing', '', 422, /^body: must be a JSON object$/],
])('a body of %s is refused with words', async (_name, payload, status, detail) => {
  const { ask, world } = await adminApp()
  const headers = { 'content-type': 'application/json' }
  const answer = await ask({ method: 'POST', url: '/admin/credits/adjust', headers, payload })
  expect(answer.statusCode).toBe(status)
  expect(answer.json()).toEqual({ detail: expect.stringMatching(detail) })
  expect(world.ledger).toEqual([])
})

it.each(['text/plain', 'application/x-www-form-urlencoded', 'application/problem+json', ''])(
  'a body of type "%s" is refused: only JSON is read',
  async (type) => {
    const { ask } = await adminApp()
    const answer = await ask({
      method: 'POST',
      url: '/admin/credits/adjust',
      headers: { 'content-type': type },
      payload: JSON.stringify(change()),
    })
    expect(answer.statusCode).toBe(415)
    expect(answer.json().detail).toMatch(/^unsupported_media_type: /)
  },
)

it('JSON may say its charset', async () => {
  const { adjust } = await adminApp()
  const answer = await adjust(change(), { 'content-type': 'application/json; charset=utf-8' })
  expect(answer.statusCode).toBe(200)
})

it('a body that is too large is refused', async () => {
  const { adjust } = await adminApp()
  const answer = await adjust(change({ reason: 'x'.repeat(2_000_000) }))
  expect(answer.statusCode).toBe(413)
  expect(answer.json().detail).toMatch(/^body_too_large: /)
})

it('the secret is asked for before anything is read of the request', async () => {
  const { app } = await adminApp()
  const answer = await app.inject({ method: 'POST', url: '/admin/credits/adjust', payload: 'not json' })
  expect(answer.statusCode).toBe(401)
})

it.each([
  ['GET', '/admin'],
  ['GET', '/admin/'],
  ['GET', '/admin/nothing'],
  ['POST', '/admin/credits'],
  ['PUT', '/admin/credits/users/u/balance'],
] as const)('%s %s is not found', async (method, url) => {
  const { ask } = await adminApp()
  const answer = await ask({ method, url, payload: 'any', headers: { 'content-type': 'text/csv' } })
  expect([answer.statusCode, answer.body]).toEqual([404, '{"detail":"not_found"}'])
})

it.each([
  ['POST', '/admin/credits/currencies', 'GET'],
  ['DELETE', `/admin/credits/users/${USER}/balances`, 'GET'],
  ['GET', '/admin/credits/adjust', 'POST'],
  ['PUT', `/admin/credits/users/${USER}/adjust`, 'POST'],
  ['OPTIONS', '/admin/credits/adjust', 'POST'],
] as const)('%s %s is the wrong method', async (method, url, allow) => {
  const { app } = await adminApp()
  const answer = await app.inject({ method, url, headers: { origin: 'https://elsewhere.example' } })
  expect([answer.statusCode, answer.json()]).toEqual([405, { detail: 'method_not_allowed' }])
  expect(answer.headers.allow).toBe(allow)
  expect(answer.headers['access-control-allow-origin']).toBeUndefined()
})

it('every answer has its request id, is kept out of caches and tells browsers to do nothing with it', async () => {
  const { ask } = await adminApp()
  for (const url of ['/admin/credits/currencies', '/admin/nothing', '/admin/credits/users/%ff/balances']) {
    expect((await ask({ url })).headers).toMatchObject({
      'x-request-id': expect.stringMatching(/^[0-9a-f]{16}$/),
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none';frame-ancestors 'none'",
    })
  }
})

it('a path that stands for no text is refused in the form of this surface', async () => {
  const { ask } = await adminApp()
  const answer = await ask({ url: '/admin/credits/users/%ff/balances' })
  expect(answer.statusCode).toBe(400)
  expect(answer.json()).toEqual({ detail: expect.stringMatching(/^invalid_request: The path is not valid/) })
})

it('the document describes every route, with the secret it takes and the errors it gives', async () => {
  const { document } = await adminApp()
  const described = document() as { openapi: string; info: { version: string }; paths: Record<string, object> }
  expect(described.openapi).toBe('3.1.0')
  expect(described.info.version).toBe('1.2.3')
  expect(Object.entries(described.paths).map(([path, operations]) => [path, Object.keys(operations)])).toEqual(
    expect.arrayContaining([
      ['/admin/credits/currencies', ['get']],
      ['/admin/credits/users/{user_id}/balances', ['get']],
      ['/admin/credits/adjust', ['post']],
      ['/admin/credits/users/{user_id}/adjust', ['post']],
    ]),
  )
  const currencies = described.paths['/admin/credits/currencies']
  expect(currencies).toMatchObject({ get: { security: [{ adminSecret: [] }], responses: { 403: {}, 503: {} } } })
})

it('every error code has a line in its page of the documents, with its status', () => {
  const page = readFileSync(new URL('../../../docs/errors/admin.md', import.meta.url), 'utf8')
  for (const [code, status] of Object.entries(ADMIN_ERRORS)) {
    expect(page, code).toMatch(new RegExp(`^\\| ${status} \\| \`${code}\\b[^|]*\\|`, 'm'))
  }
})
