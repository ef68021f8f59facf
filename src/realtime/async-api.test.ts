import type { TSchema } from 'typebox'
import { Value } from 'typebox/value'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { customerChange, type Frame, startGateway } from '../../test/support/realtime-client.ts'
import { asyncApiDocument } from './async-api.ts'
import { parseClientFrame } from './client-frame.ts'
import { framesToEventStream } from './event-stream-wire.ts'

type Message = { name: string; payload: { schema: TSchema } }
type Document = { components: { messages: Record<string, Message> } }

const document = asyncApiDocument('1.2.3') as Document
const { messages } = document.components

/** The schema of a frame of the server; names that are nobody's are those of published messages. */
function schemaOf(event: string): TSchema {
  const message = messages[`server_${event.replaceAll('.', '_')}`] ?? messages.server_published
  return message?.payload.schema ?? {}
}

function problemsOf(frame: Frame): unknown[] {
  return Value.Errors(schemaOf(frame.event), frame).map((error) => ({ event: frame.event, error }))
}

it('every reference of the document leads somewhere', () => {
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path = '']) => path)
  expect(references.length).toBeGreaterThan(20)
  for (const path of references) {
    const target = path
      .split('/')
      .reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], document)
    expect(target, path).toBeDefined()
  }
})

it('schemas refuse what is no frame', () => {
  expect(Value.Check(schemaOf('connected'), { v: 1, event: 'connected', data: {} })).toBe(false)
  expect(Value.Check(schemaOf('ping'), { v: 2, event: 'ping', data: {} })).toBe(false)
  expect(Value.Check(schemaOf('a.b'), { v: 1, event: 'nodot', data: {} })).toBe(false)
})

describe('a real session', () => {
  let gateway: Awaited<ReturnType<typeof startGateway>>
  beforeEach(async () => {
    gateway = await startGateway()
    gateway.world.put('proj', 'anna', 'cust_anna', 5)
  })
  afterEach(() => gateway.close())

  it('says nothing that is not described, and says everything that is', async () => {
    const frames = [...(await busySession()), ...(await otherEnds()), ...streamEnd()]
    expect(frames.flatMap(problemsOf)).toEqual([])
    const described = Object.keys(messages).filter((key) => key.startsWith('server_'))
    const said = frames.map(({ event }) => `server_${event.replaceAll('.', '_')}`)
    const seen = new Set(said.map((key) => (key in messages ? key : 'server_published')))
    expect([...seen].sort()).toEqual(described.sort())
  })

  /** Greeting, changes, a message, an error and signs of life. */
  async function busySession(): Promise<Frame[]> {
    const client = await gateway.connect(await gateway.token('anna', 'phone'))
    client.send({ op: 'subscribe', topics: ['user:anna', 'user:ben'], cursor: 5 })
    client.send({ op: 'dance' })
    const frames = [client.hello, ...(await client.settled()), { v: 1, event: 'pong', data: {} }]
    gateway.bus.publish(customerChange('cust_anna', 6))
    gateway.bus.publish(customerChange('cust_anna', 7, { kinds: ['entitlements'] }))
    const published = {
      envelopeId: 'envl1',
      topicSuffix: '',
      event: 'orders.updated',
      revision: 8,
      data: { order: 'A-1', count: 2, paid: true, note: null },
      occurredAt: gateway.world.clock.now(),
    }
    gateway.bus.publish(customerChange('cust_anna', 8, { kinds: ['custom'], cause: 'publish', published }))
    frames.push(...(await client.settled()))
    gateway.world.clock.advance(30_000)
    return [...frames, ...(await client.settled())]
  }

  /** A token that expires, one that is revoked, and a server that stops. */
  async function otherEnds(): Promise<Frame[]> {
    const text = await gateway.token('anna', 'old phone')
    const { tokens, clock } = gateway.world
    for (const [hash, token] of tokens) tokens.set(hash, { ...token, expiresAt: clock.now() + 1_000 })
    const expiring = await gateway.connect(text)
    clock.advance(1_000)
    const expired = await expiring.next()
    const revoked = await gateway.connect(await gateway.token('anna', 'tablet'))
    gateway.world.tokens.clear()
    gateway.bus.publish(customerChange('cust_anna', 9, { kinds: [], cause: 'revocation' }))
    await revoked.closed
    const frames = [expired, await revoked.next()]
    const staying = await gateway.connect(await gateway.token('anna', 'watch'))
    await gateway.gateway.drain()
    return [...frames, await staying.next()]
  }

  /** What a stream ends with. */
  function streamEnd(): Frame[] {
    const text = framesToEventStream([{ event: 'closed', data: { code: 1012, reason: 'service_restart' } }])
    return [JSON.parse(/^data: (.*)$/m.exec(text)?.[1] ?? '') as Frame]
  }
})

it('every described frame of a client is understood, and no other operation is', () => {
  const topics = ['user:anna']
  const examples: Record<string, object[]> = {
    client_subscribe: [{ topics }, { topics: [], cursor: 3 }, { topics, cursor: null }],
    client_unsubscribe: [{ topics }],
    client_ping: [{}],
    client_pong: [{}],
  }
  const described = Object.keys(messages).filter((key) => key.startsWith('client_'))
  expect(described.sort()).toEqual(Object.keys(examples).sort())
  for (const [key, frames] of Object.entries(examples)) {
    const { name, payload } = messages[key] ?? { name: '', payload: { schema: {} } }
    for (const fields of frames) {
      const frame = { v: 1, op: name, ...fields }
      expect(Value.Check(payload.schema, frame), JSON.stringify(frame)).toBe(true)
      expect(parseClientFrame(JSON.stringify(frame))).toMatchObject({ ok: true })
    }
    for (const wrong of [
      { v: 2, op: name, topics },
      { op: name, topics },
      { v: 1, op: name, topics: 'user:anna', cursor: -1 },
    ]) {
      const isRight = parseClientFrame(JSON.stringify(wrong)).ok
      expect(Value.Check(payload.schema, wrong), JSON.stringify(wrong)).toBe(isRight)
    }
  }
})
