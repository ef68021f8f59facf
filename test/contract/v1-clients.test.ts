import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type ClockedServer, startClockedServer } from '../support/clocked-server.ts'
import { newToken } from '../support/demo.ts'
import { newShopPerStory } from '../support/story.ts'
import { type ClientCall, RECORDED_CLIENTS } from './v1-client-calls.ts'

/** Guarantee: server clients that others wrote work when their address is changed: every call that they offer. */
const shop = newShopPerStory()
let server: ClockedServer
beforeEach(async () => {
  server = await startClockedServer(shop, { demo: shop.demo })
})
afterEach(() => server.close())

const DAY_MS = 86_400_000

/** Puts what only the test knows in the place of the words in braces. */
function filledIn(text: string, receipt: string): string {
  return text
    .replaceAll('{receipt}', receipt)
    .replaceAll('{anonymous}', `$RCAnonymousID:${'0a'.repeat(16)}`)
    .replaceAll('"{now}"', String(shop.clock.now()))
    .replaceAll('"{inTwoMonths}"', String(shop.clock.now() + 61 * DAY_MS))
}

/** Sends a call byte for byte as the client does: also a content type without a content, which `fetch` would not send. */
async function send(call: ClientCall, receipt: string): Promise<{ status: number; body: unknown }> {
  const key = call.key === 'public' ? shop.demo.testStoreKey : shop.demo.secretKeyV1
  const body = call.body === null ? null : filledIn(JSON.stringify(call.body), receipt)
  const sent = request(`${server.url}${filledIn(call.path, receipt)}`, {
    method: call.method,
    headers: {
      ...call.headers,
      authorization: `Bearer ${key}`,
      ...(body === null ? {} : { 'content-length': Buffer.byteLength(body) }),
    },
  })
  sent.end(body ?? undefined)
  const [answer] = (await once(sent, 'response')) as [IncomingMessage]
  let text = ''
  for await (const piece of answer.setEncoding('utf8')) text += piece
  return { status: answer.statusCode ?? 0, body: text === '' ? null : JSON.parse(text) }
}

test.each(RECORDED_CLIENTS)('$client: every call it offers is answered as it expects', async ({ calls }) => {
  const receipt = newToken(shop)
  await server.ask('GET', '/v1/subscribers/anna', { headers: { authorization: `Bearer ${shop.demo.secretKeyV1}` } })
  for (const call of calls) {
    shop.clock.advance(1_000)
    const answer = await send(call, receipt)
    expect({ what: call.what, ...answer }).toMatchObject({ what: call.what, status: call.status, body: call.reads })
  }
})
