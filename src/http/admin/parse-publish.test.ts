import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DATA_MAX_BYTES, parsePublish } from './parse-publish.ts'

const BODY = { user_id: 'anna', event: 'orders.updated' }

function problemsWith(fields: object): readonly string[] {
  const parsed = parsePublish({ ...BODY, ...fields }, undefined)
  return parsed.ok || parsed.refusal.code !== 'fields_invalid' ? [] : parsed.refusal.problems
}

describe('a published message', () => {
  it('goes to the topic of its user when none is named', () => {
    expect(parsePublish(BODY, undefined)).toEqual({
      ok: true,
      value: { userId: 'anna', topic: 'user:anna', event: 'orders.updated', data: null, idempotencyKey: null },
    })
  })

  it.each(['orders', 'Orders.updated', 'orders.', '.updated', 'orders updated.now', '1.a', 3, null, 'a.'.repeat(40)])(
    'has no name like %j',
    (event) => {
      expect(problemsWith({ event })).toEqual([expect.stringMatching(/^event: /)])
    },
  )

  it.each(['usage.changed', 'entitlements.x', 'session.revoked', 'purser.a', 'profile.a.b', 'wallet.a'])(
    'must not take the name %s, which the server keeps',
    (event) => {
      expect(problemsWith({ event })).toEqual([expect.stringMatching(/server's own/)])
    },
  )

  it.each(['user:ben', 'org:1', 'user:anna:', 'user:annabel', 3])('is not sent to the topic %j', (topic) => {
    expect(problemsWith({ topic })).toEqual([expect.stringMatching(/^topic: /)])
  })

  it('carries flat data of a bounded size', () => {
    expect(problemsWith({ data: { a: 'x', b: 1.5, c: true, d: null } })).toEqual([])
    expect(problemsWith({ data: { a: 'x'.repeat(DATA_MAX_BYTES - '{"a":""}'.length) } })).toEqual([])
    for (const data of [
      { a: 'x'.repeat(DATA_MAX_BYTES - '{"a":""}'.length + 1) },
      { a: {} },
      { a: [1] },
      { 'a b': 1 },
      { a: 'a\0b' },
      { a: '\ud800' },
      Object.fromEntries(Array.from({ length: 17 }, (_, index) => [`f${index}`, 1])),
      [],
      'text',
      null,
    ]) {
      expect(problemsWith({ data }), JSON.stringify(data)).toEqual([expect.stringMatching(/^data: /)])
    }
  })

  it('takes its key from the body or the header, which must not differ', () => {
    expect(parsePublish({ ...BODY, idempotency_key: 'k' }, undefined)).toMatchObject({ value: { idempotencyKey: 'k' } })
    expect(parsePublish(BODY, 'k')).toMatchObject({ value: { idempotencyKey: 'k' } })
    expect(parsePublish({ ...BODY, idempotency_key: 'k' }, 'other')).toMatchObject({
      refusal: { code: 'idempotency_key_mismatch' },
    })
  })

  it('is parsed without a throw, whatever the body is', () => {
    fc.assert(
      fc.property(fc.anything({ withObjectString: true }), fc.option(fc.string(), { nil: undefined }), (body, key) => {
        expect(parsePublish(body, key)).toHaveProperty('ok')
      }),
    )
  })
})
