import { expect, test } from 'vitest'
import { DEFAULT_CUSTOMER_CENTER } from '../../src/http/sdk-v1/wire/default-customer-center.ts'
import { identifyCustomer } from '../../src/usecases/customers/identify-customer.ts'
import { newV1Shop } from '../support/v1-shop.ts'

const PHONE = '$RCAnonymousID:00000000000000000000000000000001'
const shop = newV1Shop()

const ticket = (user: string, text = 'It does not work') =>
  shop.sdk('POST', '/v1/customercenter/support/create-ticket', {
    app_user_id: user,
    customer_email: 'anna@example.com',
    issue_description: text,
  })
const own = {
  ...DEFAULT_CUSTOMER_CENTER,
  customer_center: {
    ...DEFAULT_CUSTOMER_CENTER.customer_center,
    localization: { locale: 'de_DE', localized_strings: { cancel: 'Abbrechen' } },
    a_field_of_tomorrow: { kept: true },
  },
  itunes_track_id: 1234567890,
}

test('every app has a customer center, of the documented shape, and asking creates nobody', async () => {
  const { status, body } = await shop.sdk('GET', '/v1/customercenter/anna')
  expect([status, body]).toEqual([200, DEFAULT_CUSTOMER_CENTER])
  const { screens, support, change_plans, appearance } = body.customer_center
  expect([Object.keys(screens), Object.keys(appearance), change_plans]).toEqual([
    ['MANAGEMENT', 'NO_ACTIVE'],
    ['light', 'dark'],
    [],
  ])
  expect(screens.MANAGEMENT.paths.map(({ type }: { type: string }) => type)).toEqual([
    'MISSING_PURCHASE',
    'REFUND_REQUEST',
    'CHANGE_PLANS',
    'CANCEL',
  ])
  expect(support.support_tickets.allow_creation).toBe(false)
  expect(await shop.ctx.read.customers.findByAppUserId(shop.demo.projectId, 'anna')).toBeNull()
})

test("a project's own document is what apps get, word for word, with fields that are not known here", async () => {
  expect((await shop.admin('GET', '/admin/customer-center')).body).toEqual({
    actor: null,
    updated_at: null,
    document: null,
  })
  const put = await shop.admin('PUT', '/admin/customer-center', own)
  expect([put.status, put.body]).toEqual([
    200,
    { actor: 'admin', updated_at: '2026-01-31T10:00:00.000Z', document: own },
  ])
  const answer = await shop.sdk('GET', '/v1/customercenter/anna')
  expect(answer.text.trim()).toBe(JSON.stringify(own))
  expect((await shop.admin('GET', '/admin/customer-center')).body.document).toEqual(own)
})

test('a document that SDKs could not read is refused with its faults, and the one in force stays', async () => {
  await shop.admin('PUT', '/admin/customer-center', own)
  const { change_plans: _, ...withoutPlans } = own.customer_center
  const wrong = [
    { ...own, customer_center: withoutPlans },
    { ...own, itunes_track_id: 'x' },
    {
      ...own,
      customer_center: { ...own.customer_center, localization: { locale: 'en', localized_strings: { a: 5 } } },
    },
    {},
    [],
    null,
  ]
  const answers = await Promise.all(wrong.map((document) => shop.admin('PUT', '/admin/customer-center', document)))
  expect(answers.map(({ status }) => status)).toEqual(Array(6).fill(422))
  expect(answers.map(({ body }) => body.detail)).toEqual([
    'customer_center.change_plans: is required',
    expect.stringMatching(/^itunes_track_id: must be/),
    'customer_center.localization.localized_strings.a: must be a text',
    'customer_center: is required',
    'body: must be an object',
    'body: must be an object',
  ])
  expect((await shop.sdk('GET', '/v1/customercenter/anna')).body).toEqual(own)
})

test('what people write is kept and listed for the team, the latest first, page by page', async () => {
  for (const text of ['one', 'two', 'three']) {
    expect((await ticket('anna', text)).body).toEqual({ sent: true })
    shop.clock.advance(1_000)
  }
  const first = await shop.admin('GET', '/admin/tickets?limit=2')
  expect(first.body.items).toEqual([
    {
      ticket_id: expect.stringMatching(/^tckt/),
      user_id: 'anna',
      email: 'anna@example.com',
      description: 'three',
      created_at: '2026-01-31T10:00:02.000Z',
    },
    expect.objectContaining({ description: 'two' }),
  ])
  const second = await shop.admin('GET', `/admin/tickets?limit=2&cursor=${first.body.next_cursor}`)
  expect(second.body).toEqual({ items: [expect.objectContaining({ description: 'one' })], next_cursor: null })
  for (const query of ['limit=0', 'limit=x', 'limit=1&cursor=%00']) {
    expect((await shop.admin('GET', `/admin/tickets?${query}`)).status).toBe(422)
  }
})

test('the latest twenty of each customer are kept, for a public key is enough to write', async () => {
  for (let number = 1; number <= 25; number++) {
    await ticket('anna', `number ${number}`)
    shop.clock.advance(1_000)
  }
  await ticket('bert', 'mine')
  const { items } = (await shop.admin('GET', '/admin/tickets?limit=200')).body
  const texts = items.map(({ description }: { description: string }) => description)
  expect([texts.length, texts[0], texts[1], texts.at(-1)]).toEqual([21, 'mine', 'number 25', 'number 6'])
})

test('a log-in takes the tickets along', async () => {
  await ticket(PHONE)
  await ticket('anna')
  await identifyCustomer(shop.ctx, { projectId: shop.demo.projectId, appUserId: PHONE, newAppUserId: 'anna' })
  expect((await shop.admin('GET', '/admin/tickets')).body.items).toHaveLength(2)
})

test('a ticket without a text, or with too long a one, is refused', async () => {
  for (const text of ['', 'x'.repeat(5_001)]) {
    const answer = await ticket('anna', text)
    expect([answer.status, answer.body.code]).toEqual([400, 7226])
  }
})
