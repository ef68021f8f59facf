import Fastify from 'fastify'
import { type TSchema, Type } from 'typebox'
import { describe, expect, it } from 'vitest'
import { requestFaultOf } from './request-fault.ts'

/** What is said of a body that does not fit a schema, through the real validator. */
async function saidOf(schema: TSchema, body: unknown): Promise<string | undefined> {
  const app = Fastify({ ajv: { customOptions: { coerceTypes: false } } })
  app.setErrorHandler((error, _request, reply) => reply.send({ said: requestFaultOf(error)?.message }))
  app.post('/', { schema: { body: schema } }, async () => ({}))
  const headers = { 'content-type': 'application/json' }
  return (await app.inject({ method: 'POST', url: '/', headers, payload: JSON.stringify(body) })).json().said
}

const text = Type.String()
const choice = Type.Object({ a: Type.Union([Type.Literal('x'), Type.Literal('y'), Type.Null()]) })
const lists = Type.Object({ id: Type.Union([text, Type.Array(text, { maxItems: 2, minItems: 1 })]) })

describe('schemaFaultText', () => {
  it.each([
    [Type.Object({ a: text }), {}, 'a: is required'],
    [Type.Object({ a: text }), [], 'body: must be an object'],
    [Type.Object({ a: text }), { a: 1 }, 'a: must be a text'],
    [Type.Object({ a: Type.Union([text, Type.Null()]) }), { a: 1 }, 'a: must be a text or null'],
    [Type.Object({ a: Type.Array(Type.Object({ b: text })) }), { a: [{ b: '' }, {}] }, 'a.1.b: is required'],
    [Type.Object({ a: Type.String({ minLength: 1 }) }), { a: '' }, 'a: must not be empty'],
    [Type.Object({ a: Type.String({ minLength: 2 }) }), { a: '' }, 'a: must not be shorter than 2'],
    [lists, { id: 1 }, 'id: must be a text or a list'],
    [lists, { id: ['', '', ''] }, 'id: must have at most 2 entries'],
    [Type.Object({ a: Type.Integer({ minimum: 3 }) }), { a: 1 }, 'a: must be at least 3'],
    [Type.Object({ a: Type.Union([Type.Integer({ maximum: 3 }), Type.Null()]) }), { a: 4 }, 'a: must be at most 3'],
    [choice, { a: 'z' }, 'a: must be one of x, y'],
    [choice, { a: 7 }, 'a: must be one of x, y'],
    [Type.Object({ a: Type.Literal('x') }), { a: 'z' }, 'a: must be x'],
    [Type.Object({ a: Type.String({ pattern: '^x$' }) }), { a: 'z' }, 'a: is not valid'],
  ])('names the field and the fault (%#)', async (schema, body, said) => {
    expect(await saidOf(schema, body)).toBe(said)
  })

  it('keeps the message short when the caller chooses the name', async () => {
    const said = await saidOf(Type.Record(text, Type.Integer()), { ['n'.repeat(5_000)]: '' })
    expect(said?.length).toBeLessThan(200)
  })
})
