import { describe, expect, it } from 'vitest'
import { balanceItem, currencyItem, errorReply, listReply, scriptedUpstream } from './fixtures/scripted-upstream.ts'

/** Guarantee: lists are read to their end, and the currencies not more often than once a minute. */

const MORE = 'https://elsewhere.example.com/v2/anything?starting_after=GLD'

describe('balances', () => {
  it('are read to the last page at the configured server: a currency on page two must not look like zero', async () => {
    const upstream = scriptedUpstream([
      listReply([balanceItem('CRD', 5), balanceItem('GLD', 1)], MORE),
      listReply([balanceItem('SLV', 7, { name: 'Silver', description: 'Coins' })]),
    ])
    expect(await upstream.client.balances('anna', { includeEmpty: true })).toEqual({
      ok: true,
      value: [
        { code: 'CRD', name: null, description: null, balance: 5 },
        { code: 'GLD', name: null, description: null, balance: 1 },
        { code: 'SLV', name: 'Silver', description: 'Coins', balance: 7 },
      ],
    })
    const path =
      'https://api.example.com/v2/projects/proj1/customers/anna/virtual_currencies?include_empty_balances=true'
    expect(upstream.sent.map(({ url }) => url)).toEqual([`${path}&limit=100`, `${path}&limit=100&starting_after=GLD`])
  })

  it('of a list that does not end, or whose empty page is not the last, are malformed', async () => {
    const endless = scriptedUpstream([listReply([balanceItem('CRD', 5)], MORE)])
    expect(await endless.client.balances('anna', { includeEmpty: false })).toMatchObject({
      refusal: { type: 'malformed_response' },
    })
    expect(endless.sent).toHaveLength(10)
    const empty = scriptedUpstream([listReply([], MORE)])
    expect((await empty.client.balances('anna', { includeEmpty: false })).ok).toBe(false)
  })

  it('share one budget of tries in time over all pages', async () => {
    const upstream = scriptedUpstream([listReply([balanceItem('CRD', 5)], MORE), 'hang'])
    await upstream.client.balances('anna', { includeEmpty: false })
    expect(upstream.timeouts.reduce((sum, timeout) => sum + timeout, 0)).toBeLessThanOrEqual(4_000 + 10_000)
  })
})

describe('currencies', () => {
  it('have a row for each product of a grant, and no archived ones among them', async () => {
    const grant = { product_ids: ['prod1', 'prod2'], amount: 500, trial_amount: 50, expire_at_cycle_end: true }
    const upstream = scriptedUpstream([
      listReply([
        currencyItem('CRD', {
          description: 'Example credits',
          product_grants: [grant, { product_ids: ['p3'], amount: 1 }],
        }),
        currencyItem('OLD', { state: 'inactive' }),
        currencyItem('GLD', { product_grants: null, state: undefined, added_later: true }),
      ]),
    ])
    const granted = { amount: 500, trialAmount: 50, expireAtCycleEnd: true }
    expect(await upstream.client.currencies()).toEqual({
      ok: true,
      value: [
        {
          code: 'CRD',
          name: 'Name of CRD',
          description: 'Example credits',
          grants: [
            { productId: 'prod1', ...granted },
            { productId: 'prod2', ...granted },
            { productId: 'p3', amount: 1, trialAmount: 0, expireAtCycleEnd: false },
          ],
          isActive: true,
        },
        { code: 'GLD', name: 'Name of GLD', description: null, grants: [], isActive: true },
      ],
    })
  })

  it('are asked for once a minute, parallel callers together; a fault is not kept', async () => {
    const upstream = scriptedUpstream([errorReply(401, 'authentication_error'), listReply([currencyItem('CRD')])])
    expect((await upstream.client.currencies()).ok).toBe(false)
    await Promise.all([upstream.client.currencies(), upstream.client.currencies()])
    expect(upstream.sent).toHaveLength(2)
    upstream.advance(59_999)
    await upstream.client.currencies()
    expect(upstream.sent).toHaveLength(2)
    upstream.advance(1)
    await upstream.client.currencies()
    expect(upstream.sent).toHaveLength(3)
  })

  it.each([
    ['a code that is none', { code: 'C R D' }],
    ['no name', { name: undefined }],
    ['a grant without products', { product_grants: [{ amount: 5 }] }],
    ['a grant of half a unit', { product_grants: [{ product_ids: ['p'], amount: 0.5 }] }],
  ])('with %s are malformed', async (_name, fault) => {
    const upstream = scriptedUpstream([listReply([currencyItem('CRD', fault)])])
    expect(await upstream.client.currencies()).toMatchObject({ refusal: { type: 'malformed_response' } })
  })
})
