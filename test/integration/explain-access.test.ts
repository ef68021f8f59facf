import { expect, test } from 'vitest'
import { explainAccess } from '../../src/usecases/purchases/explain-access.ts'
import { performStoreAction } from '../../src/usecases/purchases/perform-store-action.ts'
import { createDemo } from '../support/demo.ts'
import { newV1Shop } from '../support/v1-shop.ts'

const shop = newV1Shop()

const access = async (user: string, entitlement?: string) => {
  const query = entitlement === undefined ? '' : `?entitlement=${encodeURIComponent(entitlement)}`
  return shop.admin('GET', `/admin/customers/${encodeURIComponent(user)}/access${query}`)
}
const revokeGrants = '/v1/subscribers/anna/entitlements/pro/revoke_promotionals'

test('access is told with the charges of the store, the owner, what stands for it and the units', async () => {
  const { token } = await shop.purchase('anna', 'pro_monthly')
  const { status, body, headers } = await access('anna', 'pro')
  const customer = await shop.ctx.read.customers.findByAppUserId(shop.demo.projectId, 'anna')
  expect(status).toBe(200)
  expect(headers.get('x-purser-revision')).toBe(String(customer?.revision))
  const [purchase] = body.purchases
  expect(body).toMatchObject({
    ...{
      user_id: 'anna',
      customer_id: customer?.customerId,
      user_ids: ['anna'],
      restore_behavior: null,
      blocked: null,
    },
    ...{ testing_access: 'anybody', sandbox_counts: true, other_purchases: 0, grants: [] },
    entitlements: [
      {
        ...{ lookup_key: 'pro', verdict: 'active', ends_at: '2026-02-28T10:00:00.000Z', not_attached: [] },
        represents: { source: 'purchase', id: purchase.purchase_id },
        candidates: [{ reason: 'paid', is_active: true }],
      },
    ],
  })
  expect(purchase).toMatchObject({
    ...{ product: 'pro_monthly', store: 'test_store', environment: 'sandbox', store_purchase_id: token, renews: true },
    ...{ as_of: '2026-01-31T10:00:00.000Z', paid_until: '2026-02-28T10:00:00.000Z', refunded_at: null },
    charges: [{ number: 1, store_transaction_id: token, period_type: 'normal', refunded_at: null }],
    ownership: [{ cause: 'posted', user_id: 'anna', app_id: shop.demo.app.appId }],
    ledger: [{ kind: 'purchase_grant', changes: [{ currency: 'CRD', amount: 500 }] }],
  })
  expect(body.text.slice(0, 2)).toEqual([
    'pro of anna is active, until 2026-02-28T10:00:00.000Z, at 2026-01-31T10:00:00.000Z.',
    `  purchase ${purchase.purchase_id} stands for it: gives access, it is paid for, ends 2026-02-28T10:00:00.000Z`,
  ])
})

test('a refund is told with the day, the access that it ended and the units that it took', async () => {
  await shop.purchase('anna', 'pro_monthly')
  shop.clock.advance(60_000)
  const { projectId } = shop.demo
  const order = {
    projectId,
    appUserId: 'anna',
    target: { storeProductId: 'pro_monthly' },
    action: { kind: 'revoke' },
  } as const
  expect(await performStoreAction(shop.ctx, order)).toMatchObject({ ok: true })
  const { body } = await access('anna', 'pro')
  expect(body.entitlements).toMatchObject([
    { verdict: 'ended', ends_at: '2026-01-31T10:01:00.000Z', candidates: [{ reason: 'refunded', is_active: false }] },
  ])
  expect(body.purchases[0]).toMatchObject({
    refunded_at: '2026-01-31T10:01:00.000Z',
    charges: [{ refunded_at: '2026-01-31T10:01:00.000Z' }],
  })
  expect(body.purchases[0].ledger.map((entry: { kind: string }) => entry.kind)).toEqual(['purchase_grant', 'refund'])
})

test('a product that is not attached, an entitlement that nobody sells, and a stranger are told apart', async () => {
  await shop.purchase('anna', 'credits_500')
  const attached = (await access('anna', 'pro')).body
  expect(attached.entitlements).toMatchObject([{ verdict: 'never', candidates: [] }])
  expect(attached.entitlements[0].not_attached).toEqual([attached.purchases[0].purchase_id])
  expect(attached.text).toContain(
    `  ${attached.purchases[0].purchase_id} does not give it: credits_500 is not attached to it`,
  )
  expect((await access('anna', 'gold')).body.text).toContain('  No product of the catalogue is attached to it.')
  expect((await access('anna')).body.entitlements).toEqual([])
  expect((await access('stranger', 'pro')).body.detail).toBe('rc_customer_not_found')
})

test('an entitlement that was granted by hand is told beside what was bought', async () => {
  await shop.purchase('anna', 'pro_monthly')
  const grant = '/v1/subscribers/anna/entitlements/pro/promotional'
  expect((await shop.server('POST', grant, { duration: 'yearly' })).status).toBe(201)
  const { body } = await access('anna', 'pro')
  expect(body.entitlements[0]).toMatchObject({
    represents: { source: 'grant', id: body.grants[0].grant_id },
    candidates: [
      { source: 'grant', reason: 'granted' },
      { source: 'purchase', reason: 'paid' },
    ],
  })
  expect((await shop.server('POST', revokeGrants)).status).toBe(200)
  expect((await access('anna', 'pro')).body.entitlements[0]).toMatchObject({ represents: { source: 'purchase' } })
})

test('what is explained is what the app is told, for everybody who bought something', async () => {
  await shop.purchase('anna', 'pro_monthly')
  await shop.purchase('ben', 'pro_annual')
  await shop.purchase('ben', 'credits_500')
  shop.clock.advance(40 * 86_400_000)
  for (const user of ['anna', 'ben']) {
    const told = (await shop.sdk('GET', `/v1/subscribers/${user}`)).body.subscriber.entitlements.pro
    const { entitlements } = (await access(user, 'pro')).body
    expect(Date.parse(entitlements[0].ends_at)).toBe(Date.parse(told.expires_date))
    expect(entitlements[0].verdict).toBe(Date.parse(told.expires_date) > shop.clock.now() ? 'active' : 'ended')
  }
})

test('who has bought very often is explained by all purchases, and told of the latest fifty', async () => {
  for (let count = 0; count < 55; count++) {
    await shop.purchase('anna', 'credits_500')
    shop.clock.advance(1_000)
  }
  const found = await explainAccess(shop.ctx, { projectId: shop.demo.projectId, appUserId: 'anna', entitlement: null })
  expect(found.ok && [found.value.stories.length, found.value.untold]).toEqual([50, 5])
})

test('an entitlement or a user that cannot be is refused with its name', async () => {
  expect((await shop.admin('GET', `/admin/customers/anna/access?entitlement=${'x'.repeat(201)}`)).status).toBe(422)
  expect((await shop.admin('GET', '/admin/customers/anna/access?entitlement=')).body.detail).toContain('entitlement: ')
  expect((await shop.ask(null, 'GET', '/admin/customers/anna/access')).status).toBe(401)
})

test('a customer of another project is not explained', async () => {
  await shop.purchase('anna', 'pro_monthly')
  const other = await createDemo(shop.ctx)
  expect(
    await explainAccess(shop.ctx, { projectId: other.projectId, appUserId: 'anna', entitlement: null }),
  ).toMatchObject({ ok: false, refusal: { code: 'customer_not_found' } })
})
