import { describe, expect, test } from 'vitest'
import type { CreditsUpstream } from '../../src/usecases/ports/credits-upstream.ts'
import { grant, newUpstreamStory } from '../support/upstream-story.ts'

/**
 * Guarantee: in front of another server, a change is made there once or not at all, whatever the line between the two
 * does; and what an operator is told about it is true.
 */

const story = newUpstreamStory()

describe('check 5: an upstream timeout after it applied the change', () => {
  test('is healed by the tries of the same request, which have the same key', async () => {
    const userId = await story.newUser()
    story.front.scriptChanges('hang_after')
    expect((await story.adjust(grant(userId))).body).toMatchObject({ balance: 50 })
    const [first, second] = story.front.changes()
    expect([story.front.changes().length, first?.key]).toEqual([2, second?.key])
    expect(await story.upstream.balanceOf(userId)).toBe(50)
  })

  test('for all tries is said to be pending, and a client retry with the same key gives the right balance once', async () => {
    const userId = await story.newUser()
    story.front.scriptChanges('hang_after', 'hang_after', 'hang_after')
    const lost = await story.adjust(grant(userId, { idempotency_key: 'k' }))
    expect([lost.status, lost.body]).toEqual([
      502,
      { detail: 'rc_call_failed: timeout', outcome: 'pending', intent_id: expect.stringMatching(/^crin/) },
    ])
    expect(story.usageChanges()).toEqual([])
    const found = await story.adjust(grant(userId, { idempotency_key: 'k' }))
    expect(found.body).toMatchObject({ balance: 50, transaction_id: lost.body.intent_id })
    expect(new Set(story.front.changes().map(({ key }) => key))).toEqual(new Set([lost.body.intent_id]))
    expect(await story.upstream.balanceOf(userId)).toBe(50)
    expect(story.usageChanges()).toHaveLength(1)
  })

  test('is settled by the job when no client comes back', async () => {
    const userId = await story.newUser()
    story.front.scriptChanges('hang_after', 'reset_after', 'malformed_after')
    const lost = await story.adjust(grant(userId))
    expect(lost.body).toMatchObject({ detail: 'rc_call_failed: malformed_response', outcome: 'pending' })
    expect(await story.entriesOf(userId)).toMatchObject([{ changes: [], upstream: { status: 'pending' } }])
    expect(await story.front.settle()).toEqual([])
    expect(await story.entriesOf(userId)).toMatchObject([
      {
        transaction_id: lost.body.intent_id,
        changes: [{ amount: 50 }],
        upstream: { status: 'applied', last_error: null },
      },
    ])
    expect(await story.upstream.balanceOf(userId)).toBe(50)
    expect(story.usageChanges()).toHaveLength(1)
  })
})

describe('check 6: upstream 404, 422, 423, 429, 500, a broken line and 401', () => {
  test.each(['locked', 'rate_limited', 'server_error_before', 'reset_before', 'half_an_answer'] as const)(
    '%s is tried again under the same key',
    async (fault) => {
      const userId = await story.newUser()
      story.front.scriptChanges(fault, fault)
      expect((await story.adjust(grant(userId))).body).toMatchObject({ balance: 50 })
      expect([story.front.changes().length, new Set(story.front.changes().map(({ key }) => key)).size]).toEqual([3, 1])
      expect(await story.upstream.balanceOf(userId)).toBe(50)
    },
  )

  test.each([
    ['locked', 3, 'resource_locked_error'],
    ['rate_limited', 3, 'rate_limit_error'],
    ['rate_limited_long', 1, 'rate_limit_error'],
    ['unauthorized', 1, 'authentication_error'],
  ] as const)('%s to the end is a 502 of a change that was not made, after %i tries', async (fault, tries, type) => {
    const userId = await story.newUser()
    story.front.scriptChanges(fault, fault, fault)
    const refused = await story.adjust(grant(userId, { idempotency_key: 'k' }))
    expect([refused.status, refused.body]).toEqual([
      502,
      { detail: `rc_call_failed: ${type}`, outcome: 'failed', intent_id: expect.any(String) },
    ])
    expect(story.front.changes()).toHaveLength(tries)
    await story.front.settle()
    expect(await story.upstream.balanceOf(userId)).toBe(0)
    // The key is free again, and what is sent next has a key of its own.
    story.front.scriptChanges()
    const done = await story.adjust(grant(userId, { idempotency_key: 'k' }))
    expect(done.body).toMatchObject({ balance: 50, replayed: false })
    expect(done.body.transaction_id).not.toBe(refused.body.intent_id)
  })

  test.each([
    ['server_error_before', 'server_error', 50],
    ['server_error_after', 'server_error', 50],
    ['reset_before', 'network_error', 50],
    ['hang_before', 'timeout', 50],
    ['other_form_after', 'malformed_response', 50],
  ] as const)('%s to the end is a 502 of a pending change, which the job makes once', async (fault, type, balance) => {
    const userId = await story.newUser()
    story.front.scriptChanges(fault, fault, fault)
    const lost = await story.adjust(grant(userId))
    expect([lost.status, lost.body]).toMatchObject([502, { detail: `rc_call_failed: ${type}`, outcome: 'pending' }])
    await story.front.settle()
    expect(await story.upstream.balanceOf(userId)).toBe(balance)
  })

  test('a refusal after uncertain tries holds for them too: the upstream judged the key', async () => {
    const userId = await story.newUser()
    story.front.scriptChanges('reset_after', 'late')
    const short = await story.adjust(grant(userId, { amount: -1 }))
    expect([short.status, short.body.detail]).toEqual([422, 'insufficient_balance'])
    await story.upstream.change(userId, 5)
    await story.front.settle()
    expect(await story.upstream.balanceOf(userId)).toBe(5)
  })

  test('questions are answered 502 without an outcome, or 404', async () => {
    story.front.script('unauthorized')
    const currencies = await story.front.api.get('/currencies')
    expect([currencies.status, currencies.body]).toEqual([502, { detail: 'rc_call_failed: authentication_error' }])
    story.front.script('reset_before', 'reset_before', 'reset_before')
    const balances = await story.front.api.get(`/users/${await story.newUser()}/balances`)
    expect([balances.status, balances.body]).toEqual([502, { detail: 'rc_call_failed: network_error' }])
    expect((await story.front.api.get('/users/nobody/balances')).body).toEqual({ detail: 'rc_customer_not_found' })
  })

  test('a change whose currency cannot be looked up is not even begun', async () => {
    const userId = await story.newUser()
    story.front.script('locked', 'locked', 'locked')
    const refused = await story.adjust(grant(userId))
    expect(refused.body).toEqual({
      detail: 'rc_call_failed: resource_locked_error',
      outcome: 'failed',
      intent_id: null,
    })
    expect(story.front.changes()).toEqual([])
  })
})

describe('check 4: the same key at the same moment', () => {
  test('fifty times in one process is one effect and one answer', async () => {
    const userId = await story.newUser()
    story.front.scriptChanges('hang_after', 'rate_limited')
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => story.adjust(grant(userId, { idempotency_key: 'k' }))),
    )
    const bodies = answers.map(({ body: { replayed: _replayed, ...body } }) => JSON.stringify(body))
    expect([new Set(bodies).size, answers.filter(({ body }) => !body.replayed).length]).toEqual([1, 1])
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    expect(await story.upstream.referencesOf(userId)).toHaveLength(1)
  })

  test('in several processes is one effect; who finds the other at it is told to come back', async () => {
    const userId = await story.newUser()
    const processes = await Promise.all(Array.from({ length: 8 }, () => story.front.otherProcess()))
    const answers = await Promise.all(
      processes.map((api) => story.adjust(grant(userId, { idempotency_key: 'k' }), api)),
    )
    const done = answers.filter(({ status }) => status === 200)
    const waiting = answers.filter(({ status }) => status === 409)
    expect([done.length + waiting.length, done.length > 0]).toEqual([8, true])
    for (const { body, headers } of waiting) {
      expect([body.detail, headers['retry-after']]).toEqual(['idempotency_in_progress', '1'])
    }
    expect(await story.upstream.referencesOf(userId)).toHaveLength(1)
    for (const api of processes) {
      expect((await story.adjust(grant(userId, { idempotency_key: 'k' }), api)).body).toMatchObject({
        replayed: true,
        balance: 50,
      })
    }
  })
})

describe('a crash', () => {
  const crashing =
    (when: 'before' | 'after') =>
    (port: CreditsUpstream): CreditsUpstream => ({
      ...port,
      async change(change) {
        if (when === 'after') await port.change(change)
        throw new Error('the process ended here')
      },
    })

  test.each(['before', 'after'] as const)('%s the call is healed by the job: the change is made once', async (when) => {
    const userId = await story.newUser()
    const doomed = await story.front.otherProcess(crashing(when))
    expect((await story.adjust(grant(userId, { idempotency_key: 'k' }), doomed)).status).toBe(500)
    const early = await story.adjust(grant(userId, { idempotency_key: 'k' }))
    expect([early.status, early.body.detail]).toEqual([409, 'idempotency_in_progress'])
    await story.front.settle()
    expect(await story.upstream.referencesOf(userId)).toHaveLength(1)
    expect((await story.adjust(grant(userId, { idempotency_key: 'k' }))).body).toMatchObject({
      replayed: true,
      balance: 50,
    })
    expect(story.usageChanges()).toHaveLength(1)
  })

  test('is uncertain: a later attempt that certainly did nothing does not make it failed', async () => {
    const userId = await story.newUser()
    await story.adjust(grant(userId, { idempotency_key: 'k' }), await story.front.otherProcess(crashing('after')))
    story.shop.clock.advance(30_000)
    story.front.scriptChanges('unauthorized')
    expect((await story.adjust(grant(userId, { idempotency_key: 'k' }))).body).toMatchObject({ outcome: 'pending' })
    await story.front.settle()
    expect(await story.entriesOf(userId)).toMatchObject([{ upstream: { status: 'applied' } }])
    expect(await story.upstream.referencesOf(userId)).toHaveLength(1)
  })

  test('leaves a change that a client may take up again once its lease is over', async () => {
    const userId = await story.newUser()
    await story.adjust(grant(userId, { idempotency_key: 'k' }), await story.front.otherProcess(crashing('after')))
    story.shop.clock.advance(30_000)
    expect((await story.adjust(grant(userId, { idempotency_key: 'k' }))).body).toMatchObject({ balance: 50 })
    expect(await story.upstream.referencesOf(userId)).toHaveLength(1)
  })
})

describe('a change that nobody can settle', () => {
  test('is sent no more after half a day, stays pending and is told to the operators of the server', async () => {
    const userId = await story.newUser()
    story.front.decide = ({ method }) => (method === 'POST' ? 'hang_after' : 'none')
    const lost = await story.adjust(grant(userId, { idempotency_key: 'k' }))
    const givenUp = await story.front.settle()
    expect(givenUp.map(({ intentId }) => intentId)).toEqual([lost.body.intent_id])
    const sent = story.front.changes().length
    const again = await story.adjust(grant(userId, { idempotency_key: 'k' }))
    expect([again.status, again.body]).toEqual([502, { ...lost.body }])
    expect(story.front.changes()).toHaveLength(sent)
    expect(await story.upstream.referencesOf(userId)).toHaveLength(1)
  })
})
