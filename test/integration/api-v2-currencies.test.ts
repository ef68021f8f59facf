import { describe, expect, test } from 'vitest'
import { ok } from '../../src/core/lib/result.ts'
import type { Sent } from '../../src/http/api-v2/fixtures/api-v2-app.ts'
import { codesIn, newApiV2World } from '../support/api-v2.ts'
import { balanceOf, buy, createDemo } from '../support/demo.ts'

/** Guarantee: the catalogue of currencies can be managed by REST API v2, and every answer has its documented form. */

const api = newApiV2World()

const ask = (method: 'GET' | 'POST' | 'DELETE', path: string, sent?: Sent) =>
  api.ask(method, `/virtual_currencies${path}`, sent)
const create = (body: unknown) => ask('POST', '', { body })

describe('creating a currency', () => {
  test('answers 201 with what was made, and lists it first', async () => {
    const body = { code: 'GLD', name: 'Gold', description: 'Main coin' }
    const made = {
      object: 'virtual_currency',
      project_id: api.demo.projectId,
      ...body,
      created_at: api.clock.now(),
      product_grants: [],
      state: 'active',
    }
    expect(await create(body)).toMatchObject({ status: 201, body: made })
    expect((await ask('GET', '/GLD')).body).toEqual(made)
    expect(codesIn(await ask('GET', ''))).toEqual(['GLD', 'CRD'])
  })

  test('keeps grants as they were written, and a charge right after gives them', async () => {
    const grants = [
      { product_ids: [api.products.get('credits_500')], amount: 7, colour: 'ignored' },
      {
        product_ids: [api.products.get('pro_monthly'), api.products.get('pro_annual')],
        amount: 100,
        trial_amount: 25,
        expire_at_cycle_end: true,
      },
    ]
    const { status, body } = await create({ code: 'SLV', name: 'Silver', product_grants: grants })
    expect([status, body.description]).toEqual([201, null])
    const object = 'virtual_currency.product_grant'
    expect(body.product_grants).toEqual([
      {
        object,
        product_ids: [api.products.get('credits_500')],
        amount: 7,
        trial_amount: 0,
        expire_at_cycle_end: false,
      },
      { object, ...grants[1] },
    ])
    expect((await ask('GET', '/SLV')).body.product_grants).toEqual(body.product_grants)
    await buy(api.ctx, api.demo, 'anna', 'credits_500')
    expect(await balanceOf(api.ctx, api.demo.projectId, 'anna', 'SLV')).toBe(7)
  })

  test('refuses a code that is taken: 409', async () => {
    expect(await create({ code: 'CRD', name: 'Again' })).toMatchObject({
      status: 409,
      body: { type: 'resource_already_exists', param: 'code', retryable: false },
    })
    expect(await create({ code: 'crd', name: 'Another letter case is another code' })).toMatchObject({ status: 201 })
  })

  test('of two at the same time with one code makes one', async () => {
    const answers = await Promise.all([1, 2, 3].map((number) => create({ code: 'RACE', name: `Race ${number}` })))
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409])
  })

  test.each([
    ['an unknown product: 404', ['prod_elsewhere'], false, 404, 'resource_missing'],
    ['a product named twice: 422', ['credits_500', 'credits_500'], false, 422, 'unprocessable_entity_error'],
    ['a one-time product that expires: 422', ['credits_500'], true, 422, 'unprocessable_entity_error'],
  ])('refuses %s', async (_name, names, expires, status, type) => {
    const product_ids = names.map((name) => api.products.get(name) ?? name)
    const body = {
      code: 'NOPE',
      name: 'Nope',
      product_grants: [{ product_ids, amount: 1, expire_at_cycle_end: expires }],
    }
    expect(await create(body)).toMatchObject({ status, body: { type, param: 'product_grants' } })
    expect((await ask('GET', '/NOPE')).status).toBe(404)
  })

  test('refuses a product of another project: 404', async () => {
    const other = await createDemo(api.ctx)
    const [product] = (await api.ctx.read.catalog.ofProject(other.projectId)).products.keys()
    const product_grants = [{ product_ids: [product], amount: 1 }]
    expect(await create({ code: 'NOPE', name: 'Nope', product_grants })).toMatchObject({
      status: 404,
      body: { param: 'product_grants' },
    })
  })

  test.each([
    ['no code', { name: 'x' }, 'code'],
    ['a code that is too long', { code: 'ELEVENCHARS', name: 'x' }, 'code'],
    ['a code with a blank', { code: 'A B', name: 'x' }, 'code'],
    ['an empty name', { code: 'A', name: '' }, 'name'],
    ['a name of 51 characters', { code: 'A', name: 'x'.repeat(51) }, 'name'],
    ['a name that is a number', { code: 'A', name: 7 }, 'name'],
    ['an empty description', { code: 'A', name: 'x', description: '' }, 'description'],
    ['a description of 1,501 characters', { code: 'A', name: 'x', description: 'x'.repeat(1_501) }, 'description'],
    ['an unknown key', { code: 'A', name: 'x', icon: 'y' }, 'icon'],
    [
      'a grant of nothing',
      { code: 'A', name: 'x', product_grants: [{ product_ids: ['p'], amount: 0 }] },
      'product_grants',
    ],
    [
      'a grant without products',
      { code: 'A', name: 'x', product_grants: [{ product_ids: [], amount: 1 }] },
      'product_grants',
    ],
    ['a list', [], undefined],
  ])('refuses %s: 400', async (_name, body, param) => {
    const answer = await create(body)
    expect(answer).toMatchObject({ status: 400, body: { type: 'parameter_error' } })
    expect(answer.body.param).toBe(param)
  })

  test('takes the longest of everything', async () => {
    const body = { code: 'ABCDEFGH_9', name: 'x'.repeat(50), description: 'x'.repeat(1_500), product_grants: null }
    expect(await create(body)).toMatchObject({ status: 201, body: { ...body, product_grants: [] } })
  })
})

describe('changing a currency', () => {
  test('changes what is named and leaves the rest', async () => {
    await create({
      code: 'UPD',
      name: 'Before',
      description: 'Kept',
      product_grants: [{ product_ids: [api.products.get('pro_annual')], amount: 5 }],
    })
    const renamed = await ask('POST', '/UPD', { body: { name: 'After' } })
    expect(renamed).toMatchObject({ status: 200, body: { name: 'After', description: 'Kept' } })
    expect(renamed.body.product_grants).toHaveLength(1)
    expect((await ask('POST', '/UPD', { body: {} })).body).toEqual(renamed.body)
    const cleared = await ask('POST', '/UPD', { body: { description: null, product_grants: null } })
    expect(cleared.body).toEqual({ ...renamed.body, description: null, product_grants: [] })
    expect((await ask('GET', '/UPD')).body).toEqual(cleared.body)
  })

  test.each([
    ['a code', 400, { code: 'NEW' }],
    ['a name of null', 400, { name: null }],
    ['a one-time grant that expires', 422, 'expires'],
    ['an unknown product', 404, 'unknown'],
  ])('refuses %s: %i', async (_name, status, body) => {
    const product_ids = [body === 'unknown' ? 'prod_elsewhere' : api.products.get('credits_500')]
    const sent =
      typeof body === 'string' ? { product_grants: [{ product_ids, amount: 1, expire_at_cycle_end: true }] } : body
    const before = (await ask('GET', '/CRD')).body
    expect((await ask('POST', '/CRD', { body: sent })).status).toBe(status)
    expect((await ask('GET', '/CRD')).body).toEqual(before)
  })

  test('answers 404 to an unknown code, and 400 to what can be none', async () => {
    expect(await ask('POST', '/NONE', { body: {} })).toMatchObject({ status: 404, body: { type: 'resource_missing' } })
    expect((await ask('GET', '/NONE')).status).toBe(404)
    for (const code of ['A-B', 'ELEVENCHARS', '%00']) {
      expect(await ask('GET', `/${code}`)).toMatchObject({ status: 400, body: { param: 'virtual_currency_code' } })
    }
  })
})

describe('the list of currencies', () => {
  test('is cut into pages that follow each other by absolute links', async () => {
    const all = codesIn(await ask('GET', '?limit=100'))
    const seen: string[] = []
    let url: string | null = `/v2/projects/${api.demo.projectId}/virtual_currencies?limit=2`
    while (url !== null) {
      const page = await api.server.ask('GET', url)
      expect(page.faults).toEqual([])
      expect(page.body.url).toBe(`https://purser.example.com/base/v2/projects/${api.demo.projectId}/virtual_currencies`)
      expect(page.body.items.length).toBeLessThanOrEqual(2)
      seen.push(...codesIn(page))
      const next: string | null = page.body.next_page
      if (next !== null) expect(next).toBe(`${page.body.url}?starting_after=${seen.at(-1)}&limit=2`)
      url = next?.slice('https://purser.example.com/base'.length) ?? null
    }
    expect(seen).toEqual(all)
  })

  test('holds its limit to 1 to 100, and refuses what is no number', async () => {
    for (const limit of [0, -5]) expect(codesIn(await ask('GET', `?limit=${limit}`))).toHaveLength(1)
    expect((await ask('GET', '?limit=1000')).body.next_page).toBeNull()
    for (const limit of ['x', '1.5', '', '1&limit=2']) {
      expect(await ask('GET', `?limit=${limit}`)).toMatchObject({ status: 400, body: { param: 'limit' } })
    }
  })

  test('answers 404 to a cursor that is none, and 400 to an expansion', async () => {
    expect(await ask('GET', '?starting_after=NONE')).toMatchObject({
      status: 404,
      body: { type: 'resource_missing', param: 'starting_after' },
    })
    expect(await ask('GET', '?expand=items.product')).toMatchObject({
      status: 400,
      body: { type: 'parameter_error', param: 'expand' },
    })
  })

  test('has at most 100 entries, archived ones included: 422', async () => {
    const { length } = await api.ctx.read.catalog.currencies(api.demo.projectId)
    await api.ctx.transaction(async (tx) => {
      for (let number = length; number < 100; number++) {
        await tx.catalog.insertCurrency(api.demo.projectId, { code: `C${number}`, name: 'x', description: null }, 0)
      }
      return ok(null)
    })
    expect(await create({ code: 'LAST', name: 'One too many' })).toMatchObject({
      status: 422,
      body: { type: 'unprocessable_entity_error' },
    })
    expect(codesIn(await ask('GET', '?limit=100'))).toHaveLength(100)
  })
})
