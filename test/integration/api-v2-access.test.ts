import { describe, expect, test } from 'vitest'
import { ConflictError } from '../../src/core/lib/conflict-error.ts'
import { apiV2App } from '../../src/http/api-v2/fixtures/api-v2-app.ts'
import { badInputsOf } from '../contract/bad-inputs.ts'
import { newApiV2World } from '../support/api-v2.ts'
import { buy, createDemo } from '../support/demo.ts'
import { withTransaction } from '../support/with-transaction.ts'

/** Guarantee: a request passes only with the right key, project and permission, within its limit; errors have one form. */

const api = newApiV2World()

const CATALOGUE = 'project_configuration:virtual_currencies'
const PURCHASES = 'customer_information:purchases'
const BALANCES = '/customers/anna/virtual_currencies'

/** Every operation with the permission that it needs. */
const OPERATIONS = [
  ['GET', '/virtual_currencies', `${CATALOGUE}:read`, undefined],
  ['GET', '/virtual_currencies/CRD', `${CATALOGUE}:read`, undefined],
  ['POST', '/virtual_currencies', `${CATALOGUE}:read_write`, { code: 'CRD', name: 'x' }],
  ['POST', '/virtual_currencies/CRD', `${CATALOGUE}:read_write`, {}],
  ['DELETE', '/virtual_currencies/NONE', `${CATALOGUE}:read_write`, undefined],
  ['POST', '/virtual_currencies/NONE/actions/archive', `${CATALOGUE}:read_write`, undefined],
  ['POST', '/virtual_currencies/NONE/actions/unarchive', `${CATALOGUE}:read_write`, undefined],
  ['GET', BALANCES, `${PURCHASES}:read`, undefined],
  ['POST', `${BALANCES}/transactions`, `${PURCHASES}:read_write`, { adjustments: { CRD: 0 } }],
  ['POST', `${BALANCES}/update_balance`, `${PURCHASES}:read_write`, { adjustments: { CRD: 0 } }],
] as const

describe.each(OPERATIONS)('%s %s', (method, path, permission, body) => {
  test('asks for a key: 401', async () => {
    const unknown = `sk_${'x'.repeat(32)}`
    for (const key of [null, unknown, 'nonsense', api.demo.secretKeyV1, api.demo.testStoreKey]) {
      expect(await api.ask(method, path, { key, body })).toMatchObject({
        status: 401,
        body: { object: 'error', type: 'authentication_error', retryable: false },
      })
    }
  })

  test(`asks for ${permission}: 403`, async () => {
    const others = OPERATIONS.map(([, , other]) => other).filter((other) => !other.startsWith(permission))
    const answer = await api.ask(method, path, {
      key: await api.newKey([...others, 'charts_metrics:charts:read']),
      body,
    })
    expect(answer).toMatchObject({ status: 403, body: { type: 'authorization_error' } })
    expect(answer.body.message).toContain(permission)
  })

  test('is opened by that permission alone, and reading by writing', async () => {
    for (const scope of [permission, permission.replace(/:read$/, ':read_write')]) {
      expect((await api.ask(method, path, { key: await api.newKey([scope]), body })).status).not.toBe(403)
    }
  })

  test('does not open another project: 403', async () => {
    const other = await createDemo(api.ctx)
    expect(await api.ask(method, path, { key: other.secretKeyV2, body })).toMatchObject({
      status: 403,
      body: { type: 'authorization_error' },
    })
  })
})

test('the scheme is Bearer, in any letter case; a bare key is refused', async () => {
  const send = (authorization: string) =>
    api.ask('GET', '/virtual_currencies', { key: null, headers: { authorization } })
  expect((await send(`bearer ${api.demo.secretKeyV2}`)).status).toBe(200)
  expect((await send(api.demo.secretKeyV2)).status).toBe(401)
})

describe('rate limits', () => {
  test('count each key and each kind of request apart, and end with the minute', async () => {
    const [key, other] = [await api.newKey(['*']), await api.newKey(['*'])]
    const read = (by = key) => api.ask('GET', '/virtual_currencies', { key: by })
    for (let number = 1; number <= 60; number++) {
      expect((await read()).headers).toMatchObject({
        'revenuecat-rate-limit-current-usage': String(number),
        'revenuecat-rate-limit-current-limit': '60',
      })
    }
    api.clock.advance(10_000)
    expect(await read()).toMatchObject({
      status: 429,
      headers: { 'retry-after': '50' },
      body: { type: 'rate_limit_error', retryable: true, backoff_ms: 50_000 },
    })
    expect((await read(other)).status).toBe(200)
    expect((await api.ask('GET', BALANCES, { key })).headers['revenuecat-rate-limit-current-limit']).toBe('480')
    const changed = await api.ask('POST', `${BALANCES}/transactions`, { key, body: { adjustments: { CRD: 0 } } })
    expect(changed.headers).toMatchObject({ 'revenuecat-rate-limit-current-usage': '1' })
    api.clock.advance(50_000)
    expect((await read()).status).toBe(200)
  })
})

describe('errors', () => {
  test('lead to a page of this server about their type', async () => {
    const { body } = await api.ask('GET', '/virtual_currencies/NONE')
    expect(body).toEqual({
      object: 'error',
      type: 'resource_missing',
      message: 'Resource not found',
      retryable: false,
      doc_url: 'https://purser.example.com/base/docs/errors/resource-missing',
    })
    const page = await api.server.app.inject({ url: '/docs/errors/resource-missing' })
    expect([page.statusCode, page.headers['content-type']]).toEqual([200, 'text/plain; charset=utf-8'])
    expect(page.body).toContain('resource_missing (404)')
    expect((await api.server.app.inject({ url: '/docs/errors/constructor' })).statusCode).toBe(404)
  })

  test('to a wrong method say so: 400', async () => {
    for (const [, path] of OPERATIONS) {
      expect(await api.ask('PATCH', path, { body: {} })).toMatchObject({
        status: 400,
        body: { type: 'invalid_request' },
      })
    }
  })

  test('to an unknown path are 404, without a key too', async () => {
    for (const path of ['/nothing', '/virtual_currencies/CRD/actions/steal', '/customers/anna']) {
      expect(await api.ask('POST', path, { key: null, body: '{' })).toMatchObject({
        status: 404,
        body: { type: 'resource_missing' },
      })
    }
    expect((await api.server.ask('GET', '/v2', { key: null })).status).toBe(404)
  })

  test('to a body that cannot be read say so: 400', async () => {
    const post = (body: string, type?: string) =>
      api.ask('POST', '/virtual_currencies', { body, ...(type !== undefined && { headers: { 'content-type': type } }) })
    for (const answer of [
      await post('{"code":'),
      await post('{"__proto__":{}}'),
      await post('{"code":"A","name":"x"}', 'text/plain'),
      await post('code=A', 'application/x-www-form-urlencoded'),
      await post(`{"code":"${'x'.repeat(1_100_000)}"}`),
    ]) {
      expect(answer).toMatchObject({ status: 400, body: { type: 'invalid_request' } })
    }
    expect(await api.ask('POST', '/virtual_currencies')).toMatchObject({
      status: 400,
      body: { type: 'parameter_error' },
    })
    expect(
      (
        await api.ask('POST', '/virtual_currencies/CRD', {
          body: '{}',
          headers: { 'content-type': 'application/json; charset=utf-8' },
        })
      ).status,
    ).toBe(200)
  })

  test('of our own are 500 and tell nothing; a change that is in the way is 423', async () => {
    await buy(api.ctx, api.demo, 'zoe', 'credits_500')
    const failing = async (failure: Error) => {
      const transaction = async () => {
        throw failure
      }
      const server = await apiV2App(withTransaction(api.ctx, transaction), api.demo.secretKeyV2)
      const url = `/v2/projects/${api.demo.projectId}/customers/zoe/virtual_currencies/transactions`
      const answer = await server.ask('POST', url, { body: { adjustments: { CRD: 1 } } })
      await server.app.close()
      return { ...answer, logged: server.logged() }
    }
    const failed = await failing(new Error('the secret cause'))
    expect(failed).toMatchObject({
      status: 500,
      faults: [],
      body: { type: 'server_error', retryable: true, backoff_ms: 1_000 },
    })
    expect(JSON.stringify(failed.body)).not.toContain('secret cause')
    expect(failed.logged).toContain('the secret cause')
    expect(failed.logged).not.toContain(api.demo.secretKeyV2)
    expect(await failing(new ConflictError('in the way'))).toMatchObject({
      status: 423,
      faults: [],
      body: { type: 'resource_locked_error', retryable: true, backoff_ms: 1_000 },
    })
  })

  test('are told to metrics by their type', async () => {
    const refusals: string[] = []
    const server = await apiV2App(api.ctx, api.demo.secretKeyV2, { onRefusal: (type) => refusals.push(type) })
    await server.ask('GET', `/v2/projects/${api.demo.projectId}/virtual_currencies/NONE`)
    await server.app.close()
    expect(refusals).toEqual(['resource_missing'])
  })
})

test('whatever is sent to whichever operation, the answer is not our fault and has its form', async () => {
  await buy(api.ctx, api.demo, 'bad-input-user', 'credits_500')
  const { paths } = api.server.document() as { paths: Record<string, Record<string, object>> }
  const project = `/v2/projects/${api.demo.projectId}`
  for (const [path, methods] of Object.entries(paths)) {
    for (const method of Object.keys(methods)) {
      const facts = { surface: 'admin' as const, method: method.toUpperCase(), security: [] }
      const fields = ['code', 'name', 'description', 'product_grants', 'adjustments', 'reference']
      const operation = { ...facts, path: path.replace('/v2/projects/{project_id}', project), fields }
      for (const input of badInputsOf(operation)) {
        api.clock.advance(60_000)
        const answer = await api.server.ask(operation.method as 'GET' | 'POST' | 'DELETE', input.path, {
          body: input.body,
        })
        expect.soft(answer.status, `${operation.method} ${path}: ${input.name}`).toBeLessThan(500)
        expect.soft(answer.faults, `${operation.method} ${path}: ${input.name}`).toEqual([])
      }
    }
  }
})

test('without a public address, links lead to where the request was sent', async () => {
  const server = await apiV2App(api.ctx, api.demo.secretKeyV2, { openApi: { version: '1', publicUrl: undefined } })
  const url = `/v2/projects/${api.demo.projectId}/virtual_currencies`
  const { body } = await server.ask('GET', url, { headers: { host: 'purser.internal:8080' } })
  await server.app.close()
  expect(body.url).toBe(`http://purser.internal:8080${url}`)
})

test('every operation is in the document once, with the errors that it can answer', async () => {
  type Operation = { operationId: string; responses: object }
  const { paths } = api.server.document() as { paths: Record<string, Record<string, Operation>> }
  const operations = Object.values(paths).flatMap((path) => Object.entries(path))
  expect(operations.map(([, { operationId }]) => operationId).sort()).toEqual([
    'archive-virtual-currency',
    'create-virtual-currencies-transaction',
    'create-virtual-currency',
    'delete-virtual-currency',
    'get-virtual-currency',
    'list-virtual-currencies',
    'list-virtual-currencies-balances',
    'unarchive-virtual-currency',
    'update-virtual-currencies-balance',
    'update-virtual-currency',
  ])
  for (const [method, { responses }] of operations) {
    const errors = Object.keys(responses).filter((status) => Number(status) >= 400)
    const writes = method === 'get' ? [] : ['409', '422']
    expect(errors.sort()).toEqual(['400', '401', '403', '404', '423', '429', '500', ...writes].sort())
  }
})
