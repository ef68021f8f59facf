import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { newDataFolder } from '../support/data-folder.ts'
import { openTestDatabase } from '../support/database.ts'
import { type ServerProcess, startServer } from '../support/server-process.ts'
import { type BadInput, badInputsOf, type Operation, readOperations, type Surface } from './bad-inputs.ts'

/** Guarantee: whatever is sent to whichever route, the answer is a 4xx in the form of its surface, and never a 5xx. */

/** Analytics are thanked for whatever they are: an SDK would send a refused batch again and again. */
const THANKS_FOR_ANYTHING = new Set(['/v1/events', '/v1/diagnostics'])

const name = `bad_input_${randomUUID().replaceAll('-', '')}`
let server: ServerProcess
let folder: Awaited<ReturnType<typeof newDataFolder>>
let demoToken: string

beforeAll(async () => {
  const { host, port, user } = inject('server')
  const admin = openTestDatabase({ host, port, user }, 'purser', 1)
  await admin.withConnection((_query, raw) => raw(`create database ${name} template template0`))
  await admin.close()
  folder = await newDataFolder()
  const url = `postgresql://${user}@localhost/${name}?host=${encodeURIComponent(host)}&port=${port}`
  server = await startServer(folder.path, { DATABASE_URL: url })
  demoToken = await signIn()
})
afterAll(async () => {
  await server?.stop()
  await folder?.remove()
})

const operations = readOperations().filter((operation) => badInputsOf(operation).length > 0)

describe.each(operations)('$method $path', (operation) => {
  test('refuses bad input because of the input, in its own form', async () => {
    for (const input of badInputsOf(operation, server.credentials.project_id)) {
      const { status, body } = await send(operation, input)
      expect.soft(status, `${input.name}: ${body}`).toBeLessThan(500)
      if (status >= 400) expect.soft(JSON.parse(body), input.name).toMatchObject(shapeOf(operation.surface))
      else expect.soft(isAcceptable(operation, input), `${input.name} was answered with ${status}`).toBe(true)
    }
  })
})

test('header lines above the limit are refused in JSON', async () => {
  const answer = await fetch(`${server.url}/v1/subscribers/anna`, { headers: { 'x-long': 'x'.repeat(20_000) } })
  expect(answer.status).toBe(431)
  expect(await answer.json()).toMatchObject(shapeOf('sdk-v1'))
})

async function send(operation: Operation, input: BadInput): Promise<{ status: number; body: string }> {
  const answer = await fetch(`${server.url}${input.path}`, {
    method: operation.method,
    headers: {
      authorization: `Bearer ${keyFor(operation)}`,
      ...(input.body !== undefined && { 'content-type': 'application/json' }),
      ...(operation.path === '/v1/receipts' && { 'x-platform': 'web' }),
    },
    ...(input.body !== undefined && { body: input.body }),
  })
  return { status: answer.status, body: await answer.text() }
}

function keyFor({ security, surface }: Operation): string {
  if (security.includes('adminSecret')) return server.credentials.admin_secret
  if (security.includes('userBearer')) return demoToken
  if (surface === 'usage') return server.credentials.secret_key_v1
  return surface === 'api-v2' ? server.credentials.secret_key_v2 : server.credentials.test_store_key
}

function shapeOf(surface: Surface): object {
  if (surface === 'sdk-v1') return { code: expect.any(Number), message: expect.any(String) }
  if (surface === 'api-v2') return { object: 'error', type: expect.any(String), message: expect.any(String) }
  return { detail: expect.any(String) }
}

/** Some of the inputs are right after all: a field may be null or left out, a body may be empty. */
function isAcceptable(operation: Operation, input: BadInput): boolean {
  if (THANKS_FOR_ANYTHING.has(operation.path)) return true
  return !/above the limit|UTF-8|__proto__|constructor|NUL|surrogate|nesting|half|1,50[01] characters/.test(input.name)
}

async function signIn(): Promise<string> {
  const answer = await fetch(`${server.url}/demo/token`, {
    method: 'POST',
    headers: { authorization: `Bearer ${server.credentials.test_store_key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ app_user_id: 'bad-input-user' }),
  })
  return ((await answer.json()) as { token: string }).token
}
