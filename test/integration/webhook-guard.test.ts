import { expect, test } from 'vitest'
import { NO_HOSTS, parseAllowedHosts } from '../../src/core/webhooks/destination.ts'
import { createPoster } from '../../src/delivery/post-pinned.ts'
import { createSender } from '../../src/delivery/send-webhook.ts'
import { answering, startReceiver } from '../support/webhook-receiver.ts'

const EVENT = { webhookId: 'id', body: '{}' }
const never = new AbortController().signal
const clock = { now: () => 1_777_629_605_123 }

/** Sends to a receiver on loopback under a name that leads where each look-up says. */
async function sendTo(lookUps: string[][], { allow = '', times = lookUps.length } = {}) {
  const receiver = await startReceiver(answering(200))
  const poster = createPoster()
  const allowed = parseAllowedHosts(allow)
  const asked: string[] = []
  const resolve = async (host: string) => {
    asked.push(host)
    return lookUps[asked.length - 1] ?? []
  }
  const send = createSender({
    clock,
    resolve,
    post: poster.post,
    allowed: allowed.ok ? allowed.value : NO_HOSTS,
    timeoutMs: 2_000,
  })
  const { port } = new URL(receiver.url)
  const endpoint = { url: `http://hooks.test.:${port}/x?y=z`, authorization: null, secret: 's', previousSecret: null }
  const results: Array<string | number | null> = []
  for (let time = 0; time < times; time++) {
    const { status, error } = await send(endpoint, EVENT, never)
    results.push(error ?? status)
  }
  poster.close()
  await receiver.close()
  return { results, received: receiver.received, asked }
}

const NOT_PUBLIC = 'not sent: the address leads to an address that is not public'

test('a request goes to the judged address, and keeps the name in its Host header', async () => {
  const { results, received, asked } = await sendTo([['127.0.0.1']], { allow: '127.0.0.1' })
  expect(results).toEqual([200])
  expect(asked).toEqual(['hooks.test'])
  expect(received[0]).toMatchObject({ path: '/x?y=z', headers: { host: expect.stringMatching(/^hooks\.test\.:\d+$/) } })
})

test('a name that leads to the own network at a later attempt is not sent to, not even over the connection kept open', async () => {
  const { results, received } = await sendTo([['127.0.0.1'], ['10.0.0.1'], ['127.0.0.1', '169.254.169.254']], {
    allow: '127.0.0.1',
  })
  expect(results[0]).toBe(200)
  expect(results.slice(1).every((result) => String(result).startsWith('not sent: '))).toBe(true)
  expect(received).toHaveLength(1)
})

test('without an allow-list nothing is sent to loopback, whatever leads there', async () => {
  const poster = createPoster()
  const receiver = await startReceiver(answering(200))
  const resolve = async () => ['127.0.0.1']
  const send = createSender({ clock, resolve, post: poster.post, allowed: NO_HOSTS, timeoutMs: 2_000 })
  for (const url of [
    'https://hooks.test/',
    'https://127.0.0.1/',
    'https://localhost/',
    'https://[::ffff:127.0.0.1]/',
  ]) {
    const { error } = await send({ url, authorization: null, secret: 's', previousSecret: null }, EVENT, never)
    expect(error?.startsWith(NOT_PUBLIC), `${url}: ${error}`).toBe(true)
  }
  expect(receiver.received).toEqual([])
  poster.close()
  await receiver.close()
})

test('a name that leads nowhere is a failure with its reason', async () => {
  const { results } = await sendTo([[]], { allow: '127.0.0.1' })
  expect(results).toEqual(['not sent: the address leads to no address'])
})

test('a connection that the receiver closed while it was idle costs no attempt', async () => {
  const poster = createPoster()
  const receiver = await startReceiver((response) => {
    response.writeHead(200).end()
    // Gone without a word after the answer, as idle connections go.
    response.on('close', () => setImmediate(() => response.socket?.destroy()))
  })
  const allowed = parseAllowedHosts('127.0.0.1')
  const send = createSender({
    clock,
    resolve: async () => ['127.0.0.1'],
    post: poster.post,
    allowed: allowed.ok ? allowed.value : NO_HOSTS,
    timeoutMs: 2_000,
  })
  const endpoint = { url: receiver.url, authorization: null, secret: 's', previousSecret: null }
  for (let time = 0; time < 20; time++) expect((await send(endpoint, EVENT, never)).error).toBeNull()
  poster.close()
  await receiver.close()
})
