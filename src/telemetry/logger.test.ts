import { Writable } from 'node:stream'
import Fastify from 'fastify'
import { describe, expect, it } from 'vitest'
import { createLogger, type LoggerConfig } from './logger.ts'

const secret = 'Zq7vXw-do-not-log'

async function recording(config: Partial<LoggerConfig> = {}) {
  const lines: string[] = []
  const output = { write: (line: string) => void lines.push(line) }
  const logger = await createLogger({ level: 'info', format: 'json', isTerminal: false, output, ...config })
  return { logger, lines, fields: (): unknown[] => lines.map((line) => JSON.parse(line)) }
}

describe('log lines', () => {
  it('are JSON objects with level, time, fields and message', async () => {
    const { logger, fields } = await recording()
    logger.info({ customerId: 'c1', count: 2 }, 'balance changed')
    expect(fields()).toEqual([
      { level: 'info', time: expect.stringMatching(/^\d{4}-.*Z$/), customerId: 'c1', count: 2, msg: 'balance changed' },
    ])
  })

  it('respect the level', async () => {
    const { logger, lines } = await recording({ level: 'warn' })
    logger.info('quiet')
    logger.warn('loud')
    expect(lines).toHaveLength(1)
  })
})

describe('private values', () => {
  it.each([
    ['an authorization header', { headers: { authorization: secret } }],
    ['a cookie', { req: { headers: { cookie: secret } } }],
    ['a cookie set', { answer: { headers: { 'set-cookie': [secret] } } }],
    ['a fetch token', { body: { fetch_token: secret } }],
    ['a receipt far below', { a: { b: { c: [{ receipt_data: secret }] } } }],
    ['a token', { purchaseToken: secret }],
    ['a secret', { settings: { adminSecrets: [secret] } }],
    ['a database address', { settings: { databaseUrl: secret } }],
    ['a Redis address', { settings: { redisUrl: secret } }],
    ['an API key', { 'x-api-key': secret }],
    ['a reason', { adjust: { reason: secret } }],
    ['attributes', { customer: { attributes: { $email: { value: secret } } } }],
    ['fields of a driver error', { err: Object.assign(new Error('duplicate'), { detail: secret, query: secret }) }],
    ['the same below another name', { failure: Object.assign(new Error('duplicate'), { detail: secret }) }],
    ['raw bytes', { payload: Buffer.from(secret) }],
  ])('%s is not logged', async (_name, fields) => {
    const { logger, lines } = await recording()
    logger.error(fields, 'something happened')
    expect(lines).toHaveLength(1)
    expect(lines[0]).not.toContain(secret)
    expect(lines[0]).not.toContain(Buffer.from(secret).toJSON().data.slice(0, 4).join(','))
  })

  it('are not logged when bound to a child logger or put into the message', async () => {
    const { logger, lines } = await recording()
    logger.child({ token: secret, requestId: 'r1' }).info('started')
    logger.info('input %j', { fetch_token: secret })
    expect(lines).toHaveLength(2)
    expect(lines.join()).not.toContain(secret)
    expect(lines[0]).toContain('"requestId":"r1"')
  })

  it('leave counts and facts of the same names alone, and the caller’s object as it was', async () => {
    const { logger, fields } = await recording()
    const usage = { usage: { inputTokens: 12, hasSecret: true, noToken: null }, auth: { token: secret } }
    logger.info(usage, 'usage recorded')
    expect(fields()[0]).toMatchObject({ usage: { inputTokens: 12, hasSecret: true, noToken: null } })
    expect(usage.auth.token).toBe(secret)
  })

  it('end a cycle and a huge value instead of hanging', async () => {
    const { logger, lines } = await recording()
    const cycle: Record<string, unknown> = { name: 'a' }
    cycle.again = cycle
    const many = Array.from({ length: 100_000 }, () => ({}))
    logger.info({ cycle, many, wide: many.slice(0, 50).map(() => many), text: 'x'.repeat(1_000_000) }, 'large')
    expect(lines[0]).toContain('[cut]')
    expect(lines[0]).toContain('[99900 more]')
    expect(lines[0]?.length).toBeLessThan(100_000)
  })
})

describe('errors', () => {
  it('keep kind, message, code, stack and cause', async () => {
    const { logger, fields } = await recording()
    const cause = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' })
    logger.error(new TypeError('cannot save', { cause }))
    expect(fields()[0]).toMatchObject({
      msg: 'cannot save',
      err: {
        type: 'TypeError',
        message: 'cannot save',
        stack: expect.stringContaining('logger.test.ts'),
        cause: { message: 'refused', code: 'ECONNREFUSED' },
      },
    })
  })
})

describe('requests logged by the HTTP framework', () => {
  it('show method, path and route, and neither query nor headers', async () => {
    const { logger, lines, fields } = await recording()
    const app = Fastify({ loggerInstance: logger })
    app.get('/users/:id', () => 'ok')
    await app.inject({ url: `/users/u1?ticket=${secret}`, headers: { authorization: secret } })
    await app.close()
    expect(lines.join()).not.toContain(secret)
    expect(fields()).toContainEqual(
      expect.objectContaining({
        req: { method: 'GET', path: '/users/u1', route: '/users/:id', address: '127.0.0.1' },
      }),
    )
    expect(fields()).toContainEqual(expect.objectContaining({ res: { status: 200 } }))
  })
})

describe('coloured text', () => {
  it('is used on a terminal only, unless it is asked for', async () => {
    const text = { loadPretty: async () => ({ default: () => ({ write: (line: string) => void pretty.push(line) }) }) }
    const pretty: string[] = []
    const onTerminal = await recording({ ...text, format: 'auto', isTerminal: true })
    onTerminal.logger.info('one')
    const elsewhere = await recording({ ...text, format: 'auto' })
    elsewhere.logger.info('two')
    const askedFor = await recording({ ...text, format: 'pretty' })
    askedFor.logger.info('three')
    const json = await recording({ ...text, format: 'json', isTerminal: true })
    json.logger.info('four')
    expect(pretty.map((line) => JSON.parse(line).msg)).toEqual(['one', 'three'])
    expect([elsewhere.lines.length, json.lines.length]).toEqual([1, 1])
  })

  it('is written by the installed package', async () => {
    const lines: string[] = []
    const output = new Writable({
      write(chunk, _encoding, done) {
        lines.push(String(chunk))
        done()
      },
    })
    const { logger } = await recording({ format: 'pretty', output })
    logger.info({ customerId: 'c1', token: secret }, 'hello')
    expect(lines.join('')).toMatch(/INFO.*hello/)
    expect(lines.join('')).toContain('c1')
    expect(lines.join('')).not.toContain(secret)
  })

  it('gives way to JSON where the package is missing', async () => {
    const { logger, fields } = await recording({
      format: 'pretty',
      loadPretty: () => Promise.reject(new Error('not installed')),
    })
    logger.info('still logged')
    expect(fields()[0]).toMatchObject({ msg: 'still logged' })
  })
})
