import { expect, test } from 'vitest'
import { RESTORE_BEHAVIORS, type RestoreBehavior } from '../../src/core/projects/project.ts'
import { setSandboxRestoreBehavior } from '../../src/usecases/projects/set-customer-rules.ts'
import { eventsOf } from '../support/history.ts'
import { runDue } from '../support/run-due.ts'
import { limitRenewals, setRestoreBehavior } from '../support/shop.ts'
import { newV1Shop } from '../support/v1-shop.ts'

const PHONE = '$RCAnonymousID:00000000000000000000000000000001'
const TABLET = '$RCAnonymousID:00000000000000000000000000000002'
const shop = newV1Shop()

type Poster = { appUserId: string; token: string; isRestore?: boolean }

const post = ({ appUserId, token, isRestore = false }: Poster) => {
  const body = { app_user_id: appUserId, fetch_token: token, product_id: 'pro_monthly', is_restore: isRestore }
  return shop.sdk('POST', '/v1/receipts', body, { 'x-platform': 'ios' })
}
const infoOf = async (appUserId: string) =>
  (await shop.server('GET', `/v1/subscribers/${encodeURIComponent(appUserId)}`)).body.subscriber
const hasPro = async (appUserId: string) => (await infoOf(appUserId)).entitlements.pro !== undefined
const ownershipOf = async (appUserId: string) =>
  (await shop.admin('GET', `/admin/customers/${encodeURIComponent(appUserId)}/access`)).body.purchases[0].ownership
const override = (appUserId: string, behavior: string) =>
  shop.server('POST', `/v1/subscribers/${appUserId}/restore_behavior`, { restore_behavior: behavior })
const eligibility = async (appUserId: string, token: string) => {
  const path = `/v1/subscribers/${encodeURIComponent(appUserId)}/restore/eligibility`
  const { status, body } = await shop.sdk('POST', path, { fetch_token: token })
  expect(status).toBe(200)
  return body.is_purchase_allowed_by_restore_behavior
}

/** What becomes of a subscription of `anna` that another identified customer posts. */
type Outcome = 'moves' | 'stays' | 'joined'
const OUTCOMES: Record<RestoreBehavior, Record<'active' | 'over', Record<'purchase' | 'restore', Outcome>>> = {
  transfer: { active: { purchase: 'moves', restore: 'moves' }, over: { purchase: 'moves', restore: 'moves' } },
  transfer_if_no_active_subs: {
    active: { purchase: 'stays', restore: 'stays' },
    over: { purchase: 'moves', restore: 'moves' },
  },
  error: { active: { purchase: 'stays', restore: 'stays' }, over: { purchase: 'stays', restore: 'stays' } },
  share: { active: { purchase: 'stays', restore: 'joined' }, over: { purchase: 'stays', restore: 'joined' } },
}

for (const behavior of RESTORE_BEHAVIORS) {
  for (const activity of ['active', 'over'] as const) {
    for (const call of ['purchase', 'restore'] as const) {
      const outcome = OUTCOMES[behavior][activity][call]
      test(`with ${behavior}, a subscription that is ${activity} and posted by another person as a ${call}: ${outcome}`, async () => {
        await limitRenewals(shop.ctx, shop.demo, 0)
        await setRestoreBehavior(shop, shop.demo, behavior)
        const { token } = await shop.purchase('anna', 'pro_monthly')
        if (activity === 'over') {
          shop.clock.set(Date.parse('2026-03-05T00:00:00Z'))
          await runDue(shop.ctx)
        }
        if (call === 'purchase') expect(await eligibility('ben', token)).toBe(outcome !== 'stays')
        const answer = await post({ appUserId: 'ben', token, isRestore: call === 'restore' })
        if (outcome === 'stays') expect(answer).toMatchObject({ status: 400, body: { code: 7102 } })
        else expect(answer.status).toBe(200)
        const bought = async (name: string) => Object.keys((await infoOf(name)).subscriptions).length
        const counts = { moves: [0, 1], stays: [1, 0], joined: [1, 1] }[outcome]
        expect([await bought('anna'), await bought('ben')]).toEqual(counts)
      })
    }
  }
}

test.each(RESTORE_BEHAVIORS)(
  'with %s, an owner that nobody logged in to is joined by whoever posts',
  async (behavior) => {
    await setRestoreBehavior(shop, shop.demo, behavior)
    for (const [owner, poster] of [
      [PHONE, 'anna'],
      [TABLET, '$RCAnonymousID:00000000000000000000000000000003'],
    ] as const) {
      const { token } = await shop.purchase(owner, 'pro_monthly')
      shop.clock.advance(1_000)
      expect(await eligibility(poster, token)).toBe(true)
      expect((await post({ appUserId: poster, token })).status).toBe(200)
      expect([await hasPro(owner), await hasPro(poster)]).toEqual([true, true])
      expect((await infoOf(owner)).original_app_user_id).toBe(owner)
      expect((await infoOf(poster)).original_app_user_id).toBe(owner)
    }
  },
)

test('what is set for sandbox purchases goes before what is set for all, and what is set for the owner before both', async () => {
  const { projectId } = shop.demo
  await setRestoreBehavior(shop, shop.demo, 'transfer')
  await setSandboxRestoreBehavior(shop.ctx, projectId, 'error')
  const { token } = await shop.purchase('anna', 'pro_monthly')
  expect((await post({ appUserId: 'ben', token })).body.code).toBe(7102)
  expect((await override('anna', 'transfer')).body.subscriber.original_app_user_id).toBe('anna')
  expect((await post({ appUserId: 'ben', token })).status).toBe(200)
  // What was set for anna does not follow the purchase to ben.
  expect((await post({ appUserId: 'anna', token })).body.code).toBe(7102)
  await setSandboxRestoreBehavior(shop.ctx, projectId, null)
  expect((await post({ appUserId: 'anna', token })).status).toBe(200)
})

test('what is set for an owner survives a merge, and is refused for strangers, unknown words and public keys', async () => {
  const { token } = await shop.purchase(PHONE, 'pro_monthly')
  expect((await override(encodeURIComponent(PHONE), 'error')).status).toBe(200)
  await shop.server('GET', '/v1/subscribers/anna')
  await shop.sdk('POST', '/v1/subscribers/identify', { app_user_id: PHONE, new_app_user_id: 'anna' })
  expect((await post({ appUserId: 'ben', token })).body.code).toBe(7102)
  expect(await override('nobody-knows', 'error')).toMatchObject({ status: 404, body: { code: 7259 } })
  expect(await override('anna', 'share')).toMatchObject({ status: 400, body: { code: 7226 } })
  const body = { restore_behavior: 'error' }
  expect(await shop.sdk('POST', '/v1/subscribers/anna/restore_behavior', body)).toMatchObject({
    status: 401,
    body: { code: 7225 },
  })
})

test('asking whether a purchase would be refused writes nothing, and a receipt that nobody posted is free', async () => {
  await setRestoreBehavior(shop, shop.demo, 'error')
  const { token } = await shop.purchase('anna', 'pro_monthly')
  expect(await eligibility('anna', token)).toBe(true)
  expect(await eligibility('ben', token)).toBe(false)
  expect(
    await eligibility(
      'ben',
      token.replace(/.$/, (digit) => (digit === '0' ? '1' : '0')),
    ),
  ).toBe(true)
  expect(await shop.ctx.read.customers.findByAppUserId(shop.demo.projectId, 'ben')).toBeNull()
  const path = '/v1/subscribers/ben/restore/eligibility'
  expect(await shop.sdk('POST', path, { fetch_token: 'nonsense' })).toMatchObject({ status: 400, body: { code: 7103 } })
})

test('the record of a purchase says how it came to each of its owners, and by which rule', async () => {
  const { token } = await shop.purchase(PHONE, 'pro_monthly')
  await shop.sdk('POST', '/v1/subscribers/identify', { app_user_id: PHONE, new_app_user_id: 'anna' })
  await shop.server('GET', '/v1/subscribers/ben')
  await post({ appUserId: 'ben', token })
  await override('ben', 'transfer')
  await post({ appUserId: 'cleo', token })
  const app = { app_id: shop.demo.app.appId }
  const [anna, ben, cleo] = await Promise.all(
    ['anna', 'ben', 'cleo'].map((name) => shop.ctx.read.customers.findByAppUserId(shop.demo.projectId, name)),
  )
  expect(await ownershipOf('cleo')).toMatchObject([
    { cause: 'posted', customer_id: anna?.customerId, from_customer_id: null, user_id: PHONE, ...app, rule: null },
    {
      ...{ cause: 'transferred', customer_id: ben?.customerId, from_customer_id: anna?.customerId, user_id: 'ben' },
      ...{ ...app, rule: 'transfer', rule_source: 'project_setting' },
    },
    {
      ...{ cause: 'transferred', customer_id: cleo?.customerId, from_customer_id: ben?.customerId, user_id: 'cleo' },
      ...{ ...app, rule: 'transfer', rule_source: 'customer' },
    },
  ])
})

test('the record tells a log-in that merged the owner from a receipt that did', async () => {
  await shop.server('GET', '/v1/subscribers/anna')
  await shop.purchase(PHONE, 'pro_monthly')
  await shop.sdk('POST', '/v1/subscribers/identify', { app_user_id: PHONE, new_app_user_id: 'anna' })
  expect(await ownershipOf('anna')).toMatchObject([{ cause: 'posted' }, { cause: 'merged', user_id: null }])
  const { token } = await shop.purchase(TABLET, 'pro_annual')
  await post({ appUserId: 'ben', token })
  expect(await ownershipOf('ben')).toMatchObject([
    { cause: 'posted', user_id: TABLET },
    { cause: 'aliased', user_id: 'ben', rule: null, rule_source: 'anonymous_owner' },
  ])
})

test('trap 41: the token of another person is posted: one has the purchase afterwards, and units were given once', async () => {
  const { token } = await shop.purchase('anna', 'pro_monthly')
  for (let count = 0; count < 3; count++) await post({ appUserId: 'mallory', token })
  expect([await hasPro('anna'), await hasPro('mallory')]).toEqual([false, true])
  const balances = await Promise.all(
    ['anna', 'mallory'].map(async (name) => (await shop.sdk('GET', `/v1/subscribers/${name}/virtual_currencies`)).body),
  )
  expect(balances.map((body) => body.virtual_currencies.CRD.balance)).toEqual([500, 0])
})

test('trap 44: an entitlement of two products survives the end of one', async () => {
  await limitRenewals(shop.ctx, shop.demo, 0)
  await shop.purchase('anna', 'pro_monthly')
  await shop.purchase('anna', 'pro_annual')
  shop.clock.set(Date.parse('2026-03-05T00:00:00Z'))
  await runDue(shop.ctx)
  expect((await infoOf('anna')).entitlements.pro).toMatchObject({
    product_identifier: 'pro_annual',
    expires_date: '2027-01-31T10:00:00Z',
  })
  const life = await eventsOf(shop, shop.demo.projectId, 'anna')
  expect(life.filter(({ type }) => type === 'EXPIRATION')).toHaveLength(1)
})

test('trap 45: a transfer leaves the source without access, and tells only the destination', async () => {
  const { token } = await shop.purchase('anna', 'pro_monthly')
  const told = (await eventsOf(shop, shop.demo.projectId, 'anna')).length
  await post({ appUserId: 'ben', token, isRestore: true })
  expect(await infoOf('anna')).toMatchObject({ entitlements: {}, subscriptions: {}, non_subscriptions: {} })
  expect(await hasPro('ben')).toBe(true)
  expect(await eventsOf(shop, shop.demo.projectId, 'anna')).toHaveLength(told)
  const moved = await eventsOf(shop, shop.demo.projectId, 'ben')
  expect(moved).toMatchObject([{ type: 'TRANSFER', data: { transferredFrom: ['anna'], transferredTo: ['ben'] } }])
})

test('two people who post one token at the same moment: one of them has it, whoever it is, and no answer is wrong', async () => {
  for (let round = 0; round < 5; round++) {
    const token = `test_${shop.clock.now()}_00000000-0000-4000-8000-00000000000${round}`
    const names = [`ann-${round}`, `bob-${round}`]
    const answers = await Promise.all(names.map((appUserId) => post({ appUserId, token })))
    // A receipt that is being processed is answered so, and posted again.
    for (const [index, { status }] of answers.entries()) {
      expect([200, 529]).toContain(status)
      if (status === 529) expect((await post({ appUserId: names[index] as string, token })).status).toBe(200)
    }
    const holders = await Promise.all(names.map(hasPro))
    expect(holders.filter(Boolean)).toHaveLength(1)
  }
})

test('two anonymous phones that post one token at the same moment become one customer', async () => {
  const { token } = await shop.purchase(PHONE, 'pro_monthly')
  const names = [TABLET, '$RCAnonymousID:00000000000000000000000000000003']
  for (const appUserId of names) await shop.server('GET', `/v1/subscribers/${encodeURIComponent(appUserId)}`)
  const answers = await Promise.all(names.map((appUserId) => post({ appUserId, token })))
  for (const [index, { status }] of answers.entries()) {
    if (status !== 200) expect((await post({ appUserId: names[index] as string, token })).status).toBe(200)
  }
  expect(await Promise.all([PHONE, ...names].map(hasPro))).toEqual([true, true, true])
})
