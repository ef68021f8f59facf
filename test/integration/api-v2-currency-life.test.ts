import { describe, expect, test } from 'vitest'
import type { Sent } from '../../src/http/api-v2/fixtures/api-v2-app.ts'
import { createCurrency } from '../../src/usecases/catalog/create-currency.ts'
import { listBalances } from '../../src/usecases/wallet/list-balances.ts'
import { codesIn, newApiV2World } from '../support/api-v2.ts'
import { balanceOf, buy, createDemo } from '../support/demo.ts'

/** Guarantee: an archived currency is out of use and nothing of it is lost; only what nobody ever had can be deleted. */

const api = newApiV2World()

const ask = (method: 'GET' | 'POST' | 'DELETE', path: string, sent?: Sent) =>
  api.ask(method, `/virtual_currencies${path}`, sent)
const create = (body: unknown) => ask('POST', '', { body })

describe('archiving a currency', () => {
  test('hides it from customers, stops its grants, keeps its units, and can be undone', async () => {
    const product_grants = [{ product_ids: [api.products.get('credits_500')], amount: 9 }]
    await create({ code: 'OLD', name: 'Old', product_grants })
    await buy(api.ctx, api.demo, 'ben', 'credits_500')
    const archivedAt = api.clock.now()
    const archived = await ask('POST', '/OLD/actions/archive')
    expect(archived).toMatchObject({ status: 200, body: { state: 'inactive', code: 'OLD' } })
    api.clock.advance(1_000)
    expect((await ask('POST', '/OLD/actions/archive')).body).toEqual(archived.body)
    const [stored] = (await api.ctx.read.catalog.currencies(api.demo.projectId)).filter(({ code }) => code === 'OLD')
    expect(stored?.archivedAt).toBe(archivedAt)

    await buy(api.ctx, api.demo, 'ben', 'credits_500')
    expect(await balanceOf(api.ctx, api.demo.projectId, 'ben', 'OLD')).toBe(9)
    expect(await customerSees('ben')).not.toContain('OLD')
    expect(codesIn(await ask('GET', ''))).toContain('OLD')

    expect((await ask('POST', '/OLD/actions/unarchive')).body).toMatchObject({ state: 'active' })
    expect((await ask('POST', '/OLD/actions/unarchive')).status).toBe(200)
    expect(await customerSees('ben')).toContain('OLD')
    await buy(api.ctx, api.demo, 'ben', 'credits_500')
    expect(await balanceOf(api.ctx, api.demo.projectId, 'ben', 'OLD')).toBe(18)
  })

  test('takes any body or none, and answers 404 to an unknown code', async () => {
    for (const sent of [{ body: '' }, { body: '{' }, { body: 'a=b', headers: { 'content-type': 'text/strange' } }]) {
      expect((await ask('POST', '/CRD/actions/unarchive', sent)).status).toBe(200)
    }
    expect((await ask('POST', '/NONE/actions/archive')).status).toBe(404)
    expect((await ask('POST', '/NONE/actions/unarchive')).status).toBe(404)
  })

  async function customerSees(userId: string): Promise<string[]> {
    const listed = await listBalances(api.ctx, { projectId: api.demo.projectId, appUserId: userId })
    return listed.ok ? listed.value.balances.map(({ currency }) => currency.code) : []
  }
})

describe('deleting a currency', () => {
  test('removes one that nobody ever had, with its grants, so that its code is free again', async () => {
    const product_grants = [{ product_ids: [api.products.get('pro_annual')], amount: 9 }]
    await create({ code: 'DEL', name: 'Del', product_grants })
    expect((await ask('DELETE', '/DEL', { headers: { 'content-type': 'application/json' } })).body).toEqual({
      object: 'virtual_currency',
      id: 'DEL',
      deleted_at: api.clock.now(),
    })
    expect((await ask('GET', '/DEL')).status).toBe(404)
    expect((await ask('DELETE', '/DEL')).status).toBe(404)
    expect((await create({ code: 'DEL', name: 'Del' })).body.product_grants).toEqual([])
  })

  test('is refused while somebody has or had units of it: 422', async () => {
    await buy(api.ctx, api.demo, 'cleo', 'credits_500')
    expect(await ask('DELETE', '/CRD')).toMatchObject({ status: 422, body: { type: 'unprocessable_entity_error' } })
    expect((await ask('GET', '/CRD')).status).toBe(200)
  })

  test('does not ask what customers of other projects have', async () => {
    const other = await createDemo(api.ctx)
    await create({ code: 'TWIN', name: 'Twin' })
    const [coins] = [...(await api.ctx.read.catalog.ofProject(other.projectId)).products.values()].filter(
      ({ storeProductId }) => storeProductId === 'credits_500',
    )
    await createCurrency(api.ctx, {
      projectId: other.projectId,
      code: 'TWIN',
      name: 'Twin',
      description: null,
      grants: [{ productId: coins?.productId ?? '', amount: 1, trialAmount: 0, expireAtCycleEnd: false }],
    })
    await buy(api.ctx, other, 'dora', 'credits_500')
    expect(await balanceOf(api.ctx, other.projectId, 'dora', 'TWIN')).toBe(1)
    expect((await ask('DELETE', '/TWIN')).status).toBe(200)
  })
})
