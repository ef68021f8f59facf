import { expect, it } from 'vitest'
import { adminApp, change, USER } from './fixtures/admin-app.ts'

it('currencies are listed with one row for each product that grants them, by the store identifier', async () => {
  const { ask } = await adminApp()
  const answer = await ask({ url: '/admin/credits/currencies' })
  expect(answer.statusCode).toBe(200)
  const row = (id: string, amount: number, trial: number) => ({
    product_id: id,
    store_product_id: id,
    amount,
    trial_amount: trial,
    expire_at_cycle_end: false,
  })
  expect(answer.json()).toEqual({
    items: [
      {
        code: 'CRD',
        name: 'Credits',
        description: 'Example credits',
        product_grants: [row('com.example.pro.monthly', 500, 50), row('com.example.pro.annual', 6_000, 0)],
      },
      { code: 'GEM', name: 'Gems', description: null, product_grants: [] },
    ],
  })
  expect(answer.headers).toMatchObject({
    'ratelimit-limit': '60',
    'ratelimit-remaining': '59',
    'ratelimit-reset': '60',
  })
})

it('balances leave out zero unless it is asked for, and say which revision they are', async () => {
  const { ask, adjust } = await adminApp()
  const url = `/admin/credits/users/${USER}/balances`
  expect((await ask({ url })).json()).toEqual({ user_id: USER, items: [] })
  await adjust(change({ amount: 120 }))
  const credits = { code: 'CRD', name: 'Credits', description: 'Example credits', balance: 120 }
  const gems = { code: 'GEM', name: 'Gems', description: null, balance: 0 }
  const short = await ask({ url })
  expect(short.json()).toEqual({ user_id: USER, items: [credits] })
  expect(short.headers).toMatchObject({ 'x-purser-revision': '1', 'ratelimit-limit': '120' })
  for (const name of ['include_empty', 'include_empty_balances']) {
    expect((await ask({ url: `${url}?${name}=true` })).json().items).toEqual([credits, gems])
    expect((await ask({ url: `${url}?${name}=false` })).json().items).toEqual([credits])
    const faulty = await ask({ url: `${url}?${name}=yes` })
    expect([faulty.statusCode, faulty.json()]).toEqual([422, { detail: `${name}: must be true or false` }])
  }
})

it('a user nobody has seen is not found', async () => {
  const { ask } = await adminApp()
  const answer = await ask({ url: '/admin/credits/users/nobody/balances' })
  expect([answer.statusCode, answer.body]).toEqual([404, '{"detail":"rc_customer_not_found"}'])
})

it.each([
  ['255 characters', 'x'.repeat(255), 404],
  ['256 characters', 'x'.repeat(256), 422],
  ['1,500 characters', 'x'.repeat(1_500), 422],
  ['1,501 characters', 'x'.repeat(1_501), 422],
  ['255 characters of four bytes', encodeURIComponent('\u{1f600}'.repeat(255)), 404],
  ['U+0000', 'a%00b', 422],
  ['a slash', 'a%2Fb', 404],
  ['nothing', '', 422],
])('an id of %s', async (_name, id, status) => {
  const { ask } = await adminApp()
  expect((await ask({ url: `/admin/credits/users/${id}/balances` })).statusCode).toBe(status)
})
