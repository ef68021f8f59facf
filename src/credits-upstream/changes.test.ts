import { describe, expect, it } from 'vitest'
import {
  balanceItem,
  errorReply,
  lineError,
  listReply,
  type Reply,
  scriptedUpstream,
} from './fixtures/scripted-upstream.ts'

/** Guarantee: a change is tried again only under its own key and in its time, and a fault says whether it may be done. */

const CHANGE = { customerId: 'a/b@c', currency: 'CRD', amount: -20, reference: 'ZD-1 outage', key: 'crin1' }
const DONE = listReply([balanceItem('CRD', 80)])

async function change(replies: Reply[], patience?: 'once') {
  const upstream = scriptedUpstream(replies)
  const answer = await upstream.client.change(CHANGE, patience)
  return { ...upstream, answer, fault: answer.ok ? null : answer.refusal }
}

describe('a change', () => {
  it('is one adjustment with the reason as its reference and the key in the header', async () => {
    const { answer, sent } = await change([DONE])
    expect(answer).toEqual({ ok: true, value: { balance: 80 } })
    expect(sent).toMatchObject([
      {
        method: 'POST',
        url: 'https://api.example.com/v2/projects/proj1/customers/a%2Fb%40c/virtual_currencies/transactions',
        headers: { authorization: 'Bearer sk_test', 'idempotency-key': 'crin1', 'content-type': 'application/json' },
        body: { adjustments: { CRD: -20 }, reference: 'ZD-1 outage' },
      },
    ])
  })

  it.each(['https://api.example.com', 'https://api.example.com/', 'https://api.example.com/v2/?a=1'])(
    'goes below /v2, whether the address names it or not: %s',
    async (url) => {
      const upstream = scriptedUpstream([DONE], url)
      await upstream.client.change(CHANGE)
      expect(upstream.sent[0]?.url).toMatch(/^https:\/\/api\.example\.com\/v2\/projects\/proj1\//)
    },
  )

  it.each(['.', '..'])('of the customer %s is not sent: its path would be another one', async (customerId) => {
    const upstream = scriptedUpstream([DONE])
    const answer = await upstream.client.change({ ...CHANGE, customerId })
    expect([answer.ok, upstream.sent]).toEqual([false, []])
  })
})

describe('the retry map', () => {
  it.each([
    ['423', errorReply(423, 'resource_locked_error', { backoff_ms: 700 }), [700, 700]],
    [
      '429 with Retry-After',
      { ...errorReply(429, 'rate_limit_error'), headers: { 'retry-after': '2' } } as Reply,
      [2_000, 2_000],
    ],
    ['500', errorReply(500, 'server_error', { backoff_ms: 1_000 }), [1_000, 1_000]],
    ['503 without a word', { status: 503, body: 'down' } as Reply, [250, 500]],
    ['a broken line', lineError('ECONNRESET'), [250, 500]],
    ['no connection', lineError('ECONNREFUSED'), [250, 500]],
    ['malformed JSON', { body: '{"items": [' } as Reply, [250, 500]],
    ['another form', { body: { items: 'none' } } as Reply, [250, 500]],
    ['no balance of the currency', listReply([balanceItem('GLD', 1)]), [250, 500]],
  ])('%s is tried three times in all, after the pauses that were asked for', async (_name, reply, pauses) => {
    const twice = await change([reply, reply, DONE])
    expect([twice.answer.ok, twice.slept]).toEqual([true, pauses])
    const { sent, fault } = await change([reply])
    expect([sent.length, new Set(sent.map(({ headers }) => headers['idempotency-key']))]).toEqual([
      3,
      new Set(['crin1']),
    ])
    expect(fault?.isConclusive).toBe(false)
  })

  it.each([
    ['400', errorReply(400, 'parameter_error'), 'parameter_error', true],
    ['401', errorReply(401, 'authentication_error'), 'authentication_error', false],
    ['403', errorReply(403, 'authorization_error'), 'authorization_error', false],
    ['404', errorReply(404, 'resource_missing', { param: 'adjustments' }), 'resource_missing', true],
    ['404 of a proxy', { status: 404, body: '<html>' } as Reply, 'resource_missing', false],
    ['409', errorReply(409, 'idempotency_error'), 'idempotency_error', false],
    ['422', errorReply(422, 'unprocessable_entity_error'), 'unprocessable_entity_error', true],
    [
      '301',
      { status: 301, body: '', headers: { location: 'https://elsewhere.example.com/' } } as Reply,
      'unexpected_redirect',
      false,
    ],
  ])('%s is final, and certainly not done', async (_name, reply, type, isConclusive) => {
    const { sent, fault } = await change([reply])
    expect(sent).toHaveLength(1)
    expect(fault).toMatchObject({ type, isConclusive, isUncertain: false })
  })

  it('calls every try uncertain that may have been done, and forgets it for no later one but a conclusive one', async () => {
    const locked = errorReply(423, 'resource_locked_error')
    expect((await change([locked])).fault).toMatchObject({ isUncertain: false })
    expect((await change([lineError('ECONNREFUSED')])).fault).toMatchObject({
      type: 'network_error',
      isUncertain: false,
    })
    for (const reply of ['hang', lineError('ECONNRESET'), errorReply(502, 'server_error'), { body: '?' }] as Reply[]) {
      expect((await change([reply, locked])).fault).toMatchObject({ type: 'resource_locked_error', isUncertain: true })
      const judged = await change([reply, errorReply(422, 'unprocessable_entity_error')])
      expect(judged.fault).toMatchObject({ isUncertain: false, isConclusive: true })
    }
  })

  it('ends after ten seconds, whatever hangs: no try begins that would only be cut off', async () => {
    const { sent, timeouts, fault } = await change(['hang'])
    expect([sent.length, fault?.type]).toEqual([3, 'timeout'])
    expect(timeouts[0]).toBe(4_000)
    expect(timeouts.reduce((sum, timeout) => sum + timeout, 0)).toBeLessThanOrEqual(10_000)
  })

  it.each([
    ['backoff_ms', errorReply(429, 'rate_limit_error', { backoff_ms: 30_000 })],
    ['Retry-After', { ...errorReply(429, 'rate_limit_error'), headers: { 'retry-after': '30' } } as Reply],
    ['a date', { ...errorReply(429, 'x'), headers: { 'retry-after': 'Mon, 04 May 2026 10:00:30 GMT' } } as Reply],
  ])('a %s beyond the budget ends the call at once', async (_name, reply) => {
    const { sent, slept } = await change([reply])
    expect([sent.length, slept]).toEqual([1, []])
  })

  it('tries once where it is told to', async () => {
    const { sent, timeouts } = await change(['hang'], 'once')
    expect([sent.length, timeouts]).toEqual([1, [4_000]])
  })
})

describe('what an upstream says', () => {
  it('is shortened, without control characters, and a strange type is not repeated', async () => {
    const { fault } = await change([errorReply(422, 'BAD type\n', { message: `${'x'.repeat(500)}\u0000` })])
    expect(fault?.type).toBe('unprocessable_entity_error')
    expect(fault?.message).toBe('x'.repeat(200))
  })

  it('is not read beyond a mebibyte', async () => {
    const { fault } = await change([{ body: `"${'x'.repeat(1_048_576)}"` }])
    expect(fault).toMatchObject({ type: 'malformed_response', isUncertain: true })
  })

  it.each([-1, 1.5, '5', null, 2_000_000_001])('a balance of %j is malformed', async (balance) => {
    const { fault } = await change([listReply([balanceItem('CRD', balance as number)])])
    expect(fault?.type).toBe('malformed_response')
  })
})
