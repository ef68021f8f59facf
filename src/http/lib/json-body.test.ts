import fc from 'fast-check'
import Fastify from 'fastify'
import { describe, expect, it } from 'vitest'
import { acceptJsonBodies, BodyFault, MAX_BODY_DEPTH, MAX_BODY_VALUES, parseJsonBody } from './json-body.ts'

const bytes = (text: string) => new TextEncoder().encode(text)

function faultOf(body: Uint8Array | string): BodyFault {
  try {
    parseJsonBody(typeof body === 'string' ? bytes(body) : body)
  } catch (error) {
    if (error instanceof BodyFault) return error
    throw error
  }
  throw new Error('the body was accepted')
}

const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels)
const list = (entries: number) => `[${Array(entries).fill(0).join()}]`

describe('parseJsonBody', () => {
  it('reads every JSON value that holds no forbidden character', () => {
    const value = fc.jsonValue({ stringUnit: fc.constantFrom('a', '\u00e9', '\u{1f600}', '"', '\\', '\u2028', '/') })
    fc.assert(
      fc.property(value, (json) => {
        expect(parseJsonBody(bytes(JSON.stringify(json)))).toEqual(JSON.parse(JSON.stringify(json)))
      }),
    )
  })

  it('reads an empty body as undefined, and skips a byte order mark', () => {
    expect(parseJsonBody(new Uint8Array())).toBeUndefined()
    expect(parseJsonBody(bytes('\ufeff{"a":1}'))).toEqual({ a: 1 })
  })

  it.each([
    ['a stray byte', [0x22, 0xff, 0x22]],
    ['an encoded surrogate', [0x22, 0xed, 0xa0, 0x80, 0x22]],
    ['an overlong form', [0x22, 0xc0, 0x80, 0x22]],
    ['a cut character', [0x22, 0xe2, 0x82, 0x22]],
  ])('refuses %s instead of replacing it', (_name, body) => {
    expect(faultOf(Uint8Array.from(body)).code).toBe('body_not_utf8')
  })

  it.each([
    ['{"a":1', 'The body is not valid JSON: unexpected text at character 7.'],
    ['{"a":', 'The body is not valid JSON: it ends too early.'],
    ['{a:1}', 'The body is not valid JSON: unexpected text at character 2.'],
    ['{"a":abc}', 'The body is not valid JSON: unexpected "a".'],
    [' ', 'The body is not valid JSON: it ends too early.'],
    ['{"a":[1e999]}', 'The number at "/a/0" is too large.'],
  ])('tells where %s is wrong', (body, message) => {
    expect(faultOf(body)).toMatchObject({ code: 'body_not_json', message })
  })

  it('does not repeat the body in its message, which could hold a receipt', () => {
    expect(faultOf('{"fetch_token": receipt-123').message).not.toContain('receipt')
  })

  it.each([
    ['{"a":{"__proto__":{"admin":true}}}', '/a/__proto__'],
    ['{"__proto__":1}', '/__proto__'],
    ['{"\\u005f_proto__":1}', '/__proto__'],
    ['[{"constructor":{"prototype":{}}}]', '/0/constructor'],
  ])('refuses %s, which reaches a prototype', (body, pointer) => {
    const fault = faultOf(body)
    expect(fault.code).toBe('body_prototype_key')
    expect(fault.message).toContain(`"${pointer}"`)
  })

  it('allows the words constructor and prototype by themselves', () => {
    const body = { constructor: 'Renault', prototype: { constructor: 1 } }
    expect(parseJsonBody(bytes(JSON.stringify(body)))).toEqual(body)
  })

  it.each([
    ['{"a/b":["x\\u0000"]}', 'The text at "/a~1b/0" contains the character U+0000.'],
    ['{"x\\u0000":1}', 'The name at "/x\\u0000" contains the character U+0000.'],
    ['"\\ud83d"', 'The text at the top level contains half of a surrogate pair.'],
    ['{"\\ude00":1}', 'The name at "/\\ude00" contains half of a surrogate pair.'],
  ])('refuses %s, which cannot be stored', (body, message) => {
    expect(faultOf(body)).toMatchObject({ code: 'body_character', message })
  })

  it('accepts the deepest and largest allowed body, and refuses one step more', () => {
    expect(parseJsonBody(bytes(nested(MAX_BODY_DEPTH)))).toBeDefined()
    expect(faultOf(nested(MAX_BODY_DEPTH + 1)).code).toBe('body_too_deep')
    expect(parseJsonBody(bytes(list(MAX_BODY_VALUES - 1)))).toHaveLength(MAX_BODY_VALUES - 1)
    expect(faultOf(list(MAX_BODY_VALUES)).code).toBe('body_too_many_values')
  })

  it('survives a megabyte of opening brackets', () => {
    expect(faultOf(nested(500_000)).code).toBe('body_too_deep')
    expect(faultOf('['.repeat(1_000_000)).code).toBe('body_not_json')
  })

  it('keeps its message short when the caller chooses long names', () => {
    expect(faultOf(JSON.stringify({ ['n'.repeat(100_000)]: '\0' })).message.length).toBeLessThan(300)
  })
})

describe('acceptJsonBodies', () => {
  const server = () => {
    const app = Fastify()
    acceptJsonBodies(app)
    app.post('/echo', (request) => ({ body: request.body ?? 'none' }))
    return app
  }

  it.each([
    'application/json',
    'application/json; charset=utf-8',
    'Application/JSON;charset="UTF-8"',
    'text/plain',
    'text/plain;charset=UTF-8',
  ])('reads %s as JSON', async (type) => {
    const headers = { 'content-type': type }
    const answer = await server().inject({ method: 'POST', url: '/echo', headers, payload: '{"a":1}' })
    expect(answer.json()).toEqual({ body: { a: 1 } })
  })

  it('lets an empty JSON body through', async () => {
    const headers = { 'content-type': 'application/json' }
    const answer = await server().inject({ method: 'POST', url: '/echo', headers, payload: '' })
    expect(answer.json()).toEqual({ body: 'none' })
  })

  it('answers a fault with status 400 and its code, and keeps the size limit', async () => {
    const headers = { 'content-type': 'application/json' }
    const faulty = await server().inject({ method: 'POST', url: '/echo', headers, payload: '{"__proto__":1}' })
    expect([faulty.statusCode, faulty.json().code]).toEqual([400, 'body_prototype_key'])
    const large = await server().inject({
      method: 'POST',
      url: '/echo',
      headers,
      payload: `"${'x'.repeat(1_100_000)}"`,
    })
    expect(large.statusCode).toBe(413)
  })
})
