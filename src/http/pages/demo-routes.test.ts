import { describe, expect, it } from 'vitest'
import { pagesApp } from './fixtures/pages-app.ts'

async function askToken(payload: object | string, headers: Record<string, string> = {}) {
  const app = await pagesApp()
  const own = { authorization: 'Bearer test_key', 'content-type': 'application/json' }
  const answer = await app.inject({ method: 'POST', url: '/demo/token', payload, headers: { ...own, ...headers } })
  return { status: answer.statusCode, body: answer.json<unknown>(), headers: answer.headers }
}

describe('POST /demo/token', () => {
  it('signs in whoever the page says, and lets nobody keep the answer', async () => {
    const { status, body, headers } = await askToken({ app_user_id: ' anna ' })
    expect([status, body]).toEqual([200, { token: 'demo.anna', expires_at: '2026-01-01T00:00:00.000Z' }])
    expect(headers['cache-control']).toBe('no-store')
  })

  it.each([
    ['Bearer test_other', 'invalid_key'],
    ['Bearer ', 'missing_bearer'],
    ['Basic dGVzdA==', 'missing_bearer'],
  ])('%s does not open it', async (authorization, detail) => {
    expect(await askToken({ app_user_id: 'anna' }, { authorization })).toMatchObject({ status: 401, body: { detail } })
  })

  it('a stranger is not told what is wrong with a body', async () => {
    expect(await askToken('{', { authorization: 'Bearer x' })).toMatchObject({ status: 401 })
  })

  it.each([
    ['', 'app_user_id_empty: it is empty'],
    ['a/b', 'app_user_id_invalid: it contains a slash'],
    ['guest', 'app_user_id_invalid: it is a placeholder, not the id of a person'],
    ['x'.repeat(101), 'app_user_id_invalid: it is longer than 100 characters'],
  ])('the id %j is refused as everywhere else', async (appUserId, detail) => {
    expect(await askToken({ app_user_id: appUserId })).toMatchObject({ status: 422, body: { detail } })
  })

  it.each([
    [{}, 'invalid_request: app_user_id: is required'],
    [{ app_user_id: 5 }, 'invalid_request: app_user_id: must be a text'],
    [{ app_user_id: 'anna', admin: true }, 'invalid_request: body: is not valid'],
    [[], 'invalid_request: body: must be an object'],
  ])('the body %j is refused in words', async (body, detail) => {
    expect(await askToken(body)).toMatchObject({ status: 400, body: { detail } })
  })

  it('a body that is larger than any id is not read', async () => {
    expect(await askToken({ app_user_id: 'x'.repeat(5_000) })).toMatchObject({ status: 413 })
  })
})

describe('GET /demo/settings.json', () => {
  it('tells the page the public key and where the SDK is, and nothing secret', async () => {
    const answer = await (await pagesApp()).inject('/demo/settings.json')
    expect(answer.headers['cache-control']).toBe('no-store')
    expect(answer.json()).toEqual({
      project_id: 'proj_demo',
      api_key: 'test_key',
      sdk_url: expect.stringMatching(/^\/assets\/purchases\.js\?v=[\w-]{22}$/),
      sdk_version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
      client_url: '/assets/client/connect-realtime.js',
      entitlement: 'pro',
      currency: 'CRD',
    })
  })
})
