import { pino } from 'pino'
import { Type } from 'typebox'
import { describe, expect, it } from 'vitest'
import type { AnsweredRequest } from '../telemetry/metrics.ts'
import { nameSurface } from './lib/surface.ts'
import { createServer } from './server.ts'

async function exampleServer(trustProxy: false | number = false) {
  const answered: AnsweredRequest[] = []
  const lines: string[] = []
  const app = createServer({
    logger: pino({ level: 'trace' }, { write: (line) => void lines.push(line) }),
    maxBodyBytes: 1_000,
    trustProxy,
    newRequestId: () => '0123456789abcdef',
    onResponse: (answer) => answered.push(answer),
  })
  await app.register(async (surface) => {
    nameSurface(surface, 'example')
    const body = Type.Object({ count: Type.Integer(), name: Type.Optional(Type.String({ maxLength: 3 })) })
    surface.post('/things/:id', { schema: { body } }, async (request) => ({
      params: request.params,
      body: request.body,
    }))
    surface.get('/things/:id', async (request) => ({ params: request.params, ip: request.ip }))
    surface.get('/broken', async () => {
      throw new Error('secret words of a database')
    })
  })
  await app.ready()
  const post = (payload: string, type = 'application/json') =>
    app.inject({ method: 'POST', url: '/things/a', headers: { 'content-type': type }, payload })
  return { app, answered, post, logged: () => lines.join('') }
}

describe('createServer', () => {
  it.each([
    ['GET', '/things/a', 200],
    ['GET', '/nothing', 404],
    ['GET', '/things/%zz', 400],
    ['POST', '/things/a', 400],
    ['GET', '/broken', 500],
    ['OPTIONS', '/things/a', 404],
  ] as const)('names the request on every answer: %s %s', async (method, url, status) => {
    const { app } = await exampleServer()
    const answer = await app.inject({ method, url })
    expect([answer.statusCode, answer.headers['x-request-id']]).toEqual([status, '0123456789abcdef'])
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8')
    if (status !== 200) expect(answer.json()).toEqual({ code: expect.any(Number), message: expect.any(String) })
  })

  it('takes bodies as they are: nothing coerced, removed or filled in', async () => {
    const { post } = await exampleServer()
    const answer = await post('{"count":1,"more":[null]}')
    expect(answer.json().body).toEqual({ count: 1, more: [null] })
    expect((await post('{"count":"1"}')).json()).toEqual({ code: 7226, message: 'count: must be a whole number' })
  })

  it.each([
    ['[1]', 400, 'body: must be an object'],
    ['{}', 400, 'count: is required'],
    ['{"count":1,"name":"long"}', 400, 'name: must have at most 3 characters'],
    ['{"count":', 400, 'The body is not valid JSON: it ends too early.'],
    ['{"__proto__":{}}', 400, 'The name at "/__proto__" is not allowed.'],
    [`{"count":${'1'.repeat(2_000)}}`, 413, 'The body is too large.'],
  ])('says what is wrong with %.30s', async (payload, status, message) => {
    const { post } = await exampleServer()
    const answer = await post(payload)
    expect([answer.statusCode, answer.json()]).toEqual([status, { code: 7226, message }])
  })

  it('refuses a body that is no JSON by its type', async () => {
    const { post } = await exampleServer()
    const answer = await post('count=1', 'application/x-www-form-urlencoded')
    expect([answer.statusCode, answer.json().code]).toEqual([415, 7226])
  })

  it('tells the caller nothing about our own faults, and the log everything with the id', async () => {
    const { app, logged } = await exampleServer()
    const answer = await app.inject('/broken')
    expect(answer.json()).toEqual({ code: 7110, message: 'Internal server error.' })
    expect(logged()).toContain('secret words of a database')
    expect(logged()).toContain('"requestId":"0123456789abcdef"')
  })

  it('lets long parameters through to the routes, which judge them themselves', async () => {
    const { app } = await exampleServer()
    const id = 'x'.repeat(9_000)
    expect((await app.inject(`/things/${id}`)).json().params).toEqual({ id })
  })

  it('decodes parameters once, a plus being a plus', async () => {
    const { app } = await exampleServer()
    expect((await app.inject('/things/a%2520b+c%2Fd')).json().params).toEqual({ id: 'a%20b+c/d' })
  })

  it('measures every answer by surface and route, unknown paths and refused URLs too', async () => {
    const { app, answered } = await exampleServer()
    for (const url of ['/things/a', '/things/%zz', '/nothing']) await app.inject(url)
    expect(answered).toMatchObject([
      { surface: 'example', route: '/things/:id', method: 'GET', status: 200 },
      { surface: 'example', route: '/things/:id', method: 'GET', status: 400 },
      { surface: 'none', route: 'none', method: 'GET', status: 404 },
    ])
    expect(answered.every(({ durationMs }) => durationMs >= 0)).toBe(true)
  })

  it('reads the caller from as many proxies as stand in front, and from no more', async () => {
    const headers = { 'x-forwarded-for': '1.1.1.1, 2.2.2.2' }
    const callerBehind = async (proxies: false | number) =>
      (await (await exampleServer(proxies)).app.inject({ url: '/things/a', headers })).json().ip
    expect([await callerBehind(false), await callerBehind(1), await callerBehind(2)]).toEqual([
      '127.0.0.1',
      '2.2.2.2',
      '1.1.1.1',
    ])
  })
})
