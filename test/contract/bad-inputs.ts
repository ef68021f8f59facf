import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const SURFACES = ['sdk-v1', 'api-v2', 'admin', 'usage'] as const

export type Surface = (typeof SURFACES)[number]

/** One operation of a surface, as its committed OpenAPI document describes it. */
export type Operation = {
  surface: Surface
  method: string
  path: string
  security: string[]
  /** Names of the fields of the body; empty for operations without one. */
  fields: string[]
}

export type BadInput = { name: string; path: string; body?: string | Buffer }

type Schema = { properties?: Record<string, unknown> }
type Document = {
  paths: Record<
    string,
    Record<
      string,
      { security?: Record<string, unknown>[]; requestBody?: { content: Record<string, { schema: Schema }> } }
    >
  >
}

const BODY_MAX_BYTES = 1_048_576
const WRONG_VALUES = [{}, [], 12.5, true, '', null, 'x'.repeat(10_000), -1]

/** Whole requests that are wrong whatever the operation is. */
const WRONG_BODIES: Array<[name: string, body: string | Buffer]> = [
  ['no body', ''],
  ['half a document', '{"a":'],
  ['a list', '[]'],
  ['a number', '17'],
  ['null', 'null'],
  ['a body above the limit', `{"a":"${'x'.repeat(BODY_MAX_BYTES)}"}`],
  ['invalid UTF-8', Buffer.from([0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0xff, 0xfe, 0x22, 0x7d])],
  ['a __proto__ key', '{"__proto__":{"admin":true},"app_user_id":"x"}'],
  ['a constructor key', '{"constructor":{"prototype":{"admin":true}}}'],
  ['a NUL character', '{"app_user_id":"a\\u0000b","user_id":"a\\u0000b"}'],
  ['a lone surrogate', '{"app_user_id":"\\ud800","user_id":"\\ud800"}'],
  ['deep nesting', `${'['.repeat(5_000)}${']'.repeat(5_000)}`],
]

/** Path segments that no id may be, percent-encoded as a client would send them. */
const WRONG_IDS: Array<[name: string, segment: string]> = [
  ['an id of 1,500 characters', 'x'.repeat(1_500)],
  ['an id of 1,501 characters', 'x'.repeat(1_501)],
  ['an id of invalid UTF-8', '%FF%FE'],
  ['an id cut in its encoding', '%E'],
  ['an id with a NUL character', 'a%00b'],
]

export function readOperations(): Operation[] {
  return SURFACES.flatMap((surface) => {
    const text = readFileSync(join(import.meta.dirname, '..', '..', 'openapi', `${surface}.json`), 'utf8')
    const document = JSON.parse(text) as Document
    return Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({
        surface,
        method: method.toUpperCase(),
        path,
        security: (operation.security ?? []).flatMap(Object.keys),
        fields: Object.keys(operation.requestBody?.content['application/json']?.schema.properties ?? {}),
      })),
    )
  })
}

/** All bad requests for one operation of a project. */
export function badInputsOf(operation: Operation, projectId = ''): BadInput[] {
  const path = operation.path.replace('{project_id}', projectId)
  const good = path.replaceAll(/\{[^}]+\}/g, 'bad-input-user')
  const ids = path.includes('{')
    ? WRONG_IDS.map(([name, segment]) => ({ name, path: path.replaceAll(/\{[^}]+\}/g, segment) }))
    : []
  if (operation.method === 'GET') return ids
  const bodies = WRONG_BODIES.map(([name, body]) => ({ name, path: good, body }))
  const values = operation.fields.flatMap((field) =>
    WRONG_VALUES.map((value) => ({
      name: `${field} is ${JSON.stringify(value).slice(0, 20)}`,
      path: good,
      body: JSON.stringify({ ...plausible(operation.fields), [field]: value }),
    })),
  )
  return [...ids.map((input) => ({ ...input, body: '{}' })), ...bodies, ...values]
}

/** A body that would be taken but for the one field that is made wrong. */
function plausible(fields: readonly string[]): Record<string, unknown> {
  const known: Record<string, unknown> = {
    app_user_id: 'bad-input-user',
    new_app_user_id: 'bad-input-other',
    fetch_token: 'test_1_00000000-0000-4000-8000-000000000000',
    product_id: 'credits_500',
    user_id: 'bad-input-user',
    amount: 1,
    reason: 'a bad input test',
    attributes: {},
  }
  return Object.fromEntries(Object.entries(known).filter(([name]) => fields.includes(name)))
}
