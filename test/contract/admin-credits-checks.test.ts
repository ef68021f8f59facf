import { expect, test } from 'vitest'
import { MONTH_MS, ofMonth, TOLD_START } from '../../src/core/incoming/fixtures/revenuecat-events.ts'
import { MINUTE_MS, SECOND_MS } from '../../src/core/lib/clock.ts'
import { statement } from '../../src/db/statement.ts'
import { ADMIN_SECRET, bearer, newAdminChecks, SIGNING_SECRET, said, WEBHOOK_SECRET } from '../support/admin-checks.ts'
import { inTime } from '../support/clocked-server.ts'
import { addStoreApp } from '../support/revenuecat.ts'
import { configureUsage } from '../support/usage.ts'

/**
 * What an implementation of the Admin Credits API has to pass, by number, over real HTTP and sockets on a real database.
 * Checks 5 and 6 are about the server that keeps the balances elsewhere: test/integration/upstream-outages.test.ts and
 * test/integration/upstream-faults.test.ts.
 */
const checks = newAdminChecks()
const { shop, ask, admin, adjust, balance, meet, deliver, restart, CONFIGURED } = checks

test('check 1: without a secret 503 on every route, with and without a header; then 401, then 403', async () => {
  const { paths } = (await ask('GET', '/openapi/admin.json')).body
  const routes = Object.entries<Record<string, unknown>>(paths)
    .filter(([path]) => path.startsWith('/admin/'))
    .flatMap(([path, methods]) => Object.keys(methods).map((method) => [method.toUpperCase(), path] as const))
  expect(routes.length).toBeGreaterThan(5)
  for (const [method, path] of routes) {
    expect([method, path, said(await ask(method, path))]).toEqual([method, path, [401, { detail: 'missing_bearer' }]])
    const wrong = await ask(method, path, { headers: bearer('not-the-secret-at-all') })
    expect([method, path, said(wrong)]).toEqual([method, path, [403, { detail: 'invalid_admin_secret' }]])
  }
  await restart({}, false)
  for (const [method, path] of routes) {
    for (const headers of [{}, bearer(ADMIN_SECRET)]) {
      const closed = said(await ask(method, path, { headers }))
      expect([method, path, closed]).toEqual([method, path, [503, { detail: 'admin_unconfigured' }]])
    }
  }
})

test('check 2: an answer has the documented fields, and n products in one grant make n rows', async () => {
  const { projectId, secretKeyV2 } = shop.demo
  const catalog = await shop.ctx.read.catalog.ofProject(projectId)
  const products = ['pro_monthly', 'pro_annual', 'credits_500'].map(
    (name) => [...catalog.products.values()].find(({ storeProductId }) => storeProductId === name)?.productId,
  )
  const grant = { product_ids: products, amount: 500 }
  const body = { code: 'GLD', name: 'Gold', description: 'Main credits', product_grants: [grant] }
  const path = `/v2/projects/${projectId}/virtual_currencies`
  expect((await ask('POST', path, { headers: bearer(secretKeyV2), body })).status).toBe(201)
  const { items } = (await admin('GET', '/currencies')).body
  const row = { amount: 500, trial_amount: 0, expire_at_cycle_end: false }
  const rowOf = (name: string) => ({ product_id: name, store_product_id: name, ...row })
  expect(items.find(({ code }: { code: string }) => code === 'GLD')).toEqual({
    code: 'GLD',
    name: 'Gold',
    description: 'Main credits',
    product_grants: [rowOf('pro_monthly'), rowOf('pro_annual'), rowOf('credits_500')],
  })
})

test('check 3: amounts, reasons and keys are judged at their bounds', async () => {
  await meet('anna')
  expect(said(await adjust({ amount: 0 }))).toEqual([400, { detail: 'amount_must_be_nonzero' }])
  for (const amount of [1.5, '5', null]) expect((await adjust({ amount })).status).toBe(422)
  for (const length of [2, 501]) expect((await adjust({ reason: 'a'.repeat(length) })).status).toBe(422)
  expect((await adjust({ idempotency_key: 'k'.repeat(201) })).status).toBe(422)
  expect(await balance()).toBe(0)
  for (const length of [3, 500]) expect((await adjust({ reason: 'a'.repeat(length) })).status).toBe(200)
  expect((await adjust({ idempotency_key: 'k'.repeat(200) })).status).toBe(200)
  expect(await balance()).toBe(150)
})

test('check 4: 50 parallel posts with one key make one ledger row, one effect, equal bodies', async () => {
  await meet('anna')
  const answers = await Promise.all(Array.from({ length: 50 }, () => adjust({ idempotency_key: 'zd-1042-1' })))
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
  const bodies = answers.map(({ body: { replayed, ...facts } }) => JSON.stringify(facts))
  expect(new Set(bodies).size).toBe(1)
  expect(answers.filter(({ body }) => !body.replayed)).toHaveLength(1)
  expect(await balance()).toBe(50)
  const rows = await shop.database.query(
    statement('test.ledger_rows', 'select transaction_id from wallet_transactions'),
    [],
  )
  expect(rows).toHaveLength(1)
})

test('check 7: an unknown customer is 404 without an event; a success tells its own user once, and nobody else', async () => {
  const [anna, bert] = [
    await checks.server().connect(await meet('anna')),
    await checks.server().connect(await meet('bert')),
  ]
  expect(said(await adjust({ user_id: 'nobody' }))).toEqual([404, { detail: 'rc_customer_not_found' }])
  expect(await inTime(anna.settled())).toEqual([])
  expect((await adjust({})).status).toBe(200)
  const [told, ...more] = await inTime(anna.settled())
  expect(told).toMatchObject({
    event: 'usage.changed',
    data: { topic: 'user:anna', cause: 'admin_adjust', silent: true },
  })
  shop.clock.advance(2 * SECOND_MS)
  checks.server().tick()
  expect([...more, ...(await inTime(anna.settled()))]).toEqual([])
  expect(await inTime(bert.settled())).toEqual([])
})

test("check 8: a user cannot subscribe to another user's topic, by bootstrap or by frame", async () => {
  const headers = bearer(await checks.server().userToken('anna'))
  const body = { default_topics: ['user:bert', 'user:bert:orders', 'user:anna'] }
  const session = (await ask('POST', '/v1/sessions/realtime-bootstrap', { headers, body })).body
  expect(session.topics).toEqual(['user:anna'])
  const socket = await checks.server().connect(session.token)
  expect(socket.hello.data.topics).toEqual(['user:anna'])
  socket.send({ op: 'subscribe', topics: ['user:bert', 'user:anna'] })
  expect(await inTime(socket.next())).toMatchObject({
    event: 'subscribed',
    data: { topics: ['user:anna'], rejected: ['user:bert'] },
  })
  await meet('bert')
  expect((await adjust({ user_id: 'bert' })).status).toBe(200)
  expect(await inTime(socket.settled())).toEqual([])
})

test('check 9: a socket token works until 15 minutes, then auth_expired and 4001; a cursor replays once what was missed', async () => {
  const token = await meet('anna')
  const first = await checks.server().connect(token)
  const cursor = first.hello.data.seq
  for (let minute = 0; minute < 14; minute++) {
    shop.clock.advance(MINUTE_MS)
    first.send({ op: 'ping' })
    expect((await inTime(first.next())).event).toBe('pong')
  }
  shop.clock.advance(MINUTE_MS - 1)
  first.send({ op: 'ping' })
  expect((await inTime(first.next())).event).toBe('pong')
  shop.clock.advance(1)
  checks.server().tick()
  expect((await inTime(first.next())).event).toBe('auth_expired')
  expect((await inTime(first.closed)).code).toBe(4001)
  for (const amount of [1, 2, 3]) expect((await adjust({ amount })).status).toBe(200)
  const again = await checks.server().connect(await meet('anna'))
  again.send({ op: 'subscribe', topics: ['user:anna'], cursor })
  const replayed = await inTime(again.settled())
  const told = replayed.filter(({ event }) => event === 'usage.changed')
  expect(told).toMatchObject([{ data: { seq: again.hello.data.seq } }])
  again.send({ op: 'subscribe', topics: ['user:anna'], cursor: again.hello.data.seq })
  expect((await inTime(again.settled())).filter(({ event }) => event !== 'subscribed')).toEqual([])
})

test('check 10: wrong bearer, wrong signature, old time and re-serialised body are 401', async () => {
  const body = ofMonth('INITIAL_PURCHASE', 0)
  const bytes = JSON.stringify(body)
  const refused = (detail: string) => [401, { detail }]
  expect(said(await deliver(body, { secret: 'not-the-secret-at-all' }))).toEqual(refused('invalid_webhook_secret'))
  expect(said(await ask('POST', '/webhooks/revenuecat', { body }))).toEqual(refused('missing_bearer'))
  const unsigned = await ask('POST', '/webhooks/revenuecat', { headers: bearer(WEBHOOK_SECRET), body })
  expect(said(unsigned)).toEqual(refused('invalid_signature'))
  expect(said(await deliver(body, { signed: `${bytes} ` }))).toEqual(refused('invalid_signature'))
  expect(said(await deliver(body, { seconds: Math.floor(shop.clock.now() / SECOND_MS) - 301 }))).toEqual(
    refused('invalid_signature'),
  )
  const reserialised = JSON.stringify(body, null, 2)
  expect(said(await deliver(body, { bytes: reserialised, signed: bytes }))).toEqual(refused('invalid_signature'))
  await restart({ PURSER_ADMIN_SECRET: ADMIN_SECRET })
  expect(said(await deliver(body))).toEqual([503, { detail: 'webhook_unconfigured' }])
})

test('check 10: the same event twice is a duplicate without effect, and what is no event is 400', async () => {
  await addStoreApp(shop.ctx, shop.demo.projectId)
  const body = ofMonth('INITIAL_PURCHASE', 0)
  expect(said(await deliver(body))).toEqual([200, { ok: true, duplicate: false }])
  expect(said(await deliver(body))).toEqual([200, { ok: true, duplicate: true }])
  await checks.server().applyEvents()
  expect(said(await deliver(body))).toEqual([200, { ok: true, duplicate: true }])
  await checks.server().applyEvents()
  expect(await balance('user-42')).toBe(500)
  for (const bytes of ['', '{', '[]', '{"event":{}}', '{"event":{"id":"E9"}}']) {
    expect(said(await deliver(null, { bytes }))).toEqual([400, { detail: 'invalid_payload' }])
  }
})

test('check 10: a renewal that comes after the expiration settles on what RevenueCat said last', async () => {
  await addStoreApp(shop.ctx, shop.demo.projectId)
  shop.clock.set(TOLD_START + MONTH_MS + MINUTE_MS)
  const ended = { id: 'END', event_timestamp_ms: TOLD_START + MONTH_MS + 1_000, transaction_id: 'tx1' }
  const past = { purchased_at_ms: TOLD_START, expiration_at_ms: TOLD_START + MONTH_MS }
  await deliver(ofMonth('INITIAL_PURCHASE', 0))
  await deliver(ofMonth('EXPIRATION', 1, { ...ended, ...past }))
  await checks.server().applyEvents()
  const access = async () => {
    const headers = bearer(shop.demo.secretKeyV1)
    const { subscriber } = (await ask('GET', '/v1/subscribers/user-42', { headers })).body
    return subscriber.entitlements.store_pro.expires_date
  }
  expect(await access()).toBe(new Date(TOLD_START + MONTH_MS).toISOString().replace('.000', ''))
  await deliver(ofMonth('RENEWAL', 1))
  await checks.server().applyEvents()
  expect(await access()).toBe(new Date(TOLD_START + 2 * MONTH_MS).toISOString().replace('.000', ''))
  expect(await balance('user-42')).toBe(1_000)
})

test('check 11: the period rolls over at 00:00:00Z on the first, and what remains is never negative', async () => {
  await configureUsage(shop.ctx, shop.demo.projectId)
  const server = { headers: bearer(shop.demo.secretKeyV2) }
  const usage = async () =>
    (await ask('GET', '/v1/usage', { headers: bearer(await checks.server().userToken('anna')) })).body
  const use = (costs: Record<string, number>) =>
    ask('POST', '/v1/usage/consume', { ...server, body: { user_id: 'anna', costs } })
  const end = Date.parse('2026-02-01T00:00:00Z')
  shop.clock.set(end - MINUTE_MS)
  expect((await use({ questions: 50, credits: 20 })).status).toBe(200)
  expect((await use({ questions: 1 })).status).toBe(402)
  // The tier is made smaller after it was used up: what is left is nothing, not less than nothing.
  const caps = { questions: 10, tts: 300, credits: 5 }
  await configureUsage(shop.ctx, shop.demo.projectId, { tiers: [{ id: 'free', default: true, products: [], caps }] })
  shop.clock.set(end - 1)
  const last = await usage()
  expect(last).toMatchObject({ period: { key: '2026-01' }, used: { questions: 50, credits: 20 } })
  expect(last.remaining).toMatchObject({ questions: 0, credits: 0 })
  shop.clock.set(end)
  expect(await usage()).toMatchObject({
    period: { key: '2026-02', resets_at: '2026-03-01T00:00:00+00:00' },
    used: { questions: 0, credits: 0 },
    remaining: { questions: 10, credits: 5 },
  })
})

test("check 11: an override of credits_total replaces the tier's cap of credits, and touches no other", async () => {
  await configureUsage(shop.ctx, shop.demo.projectId)
  await meet('anna')
  const usage = async () =>
    (await ask('GET', '/v1/usage', { headers: bearer(await checks.server().userToken('anna')) })).body
  const override = (credits_total: number | null) => {
    const body = { credits_total, reason: 'ZD-1042 early access' }
    return ask('PUT', '/admin/usage/users/anna/credits-cap', { headers: bearer(ADMIN_SECRET), body })
  }
  const before = await usage()
  expect((await override(1_000)).status).toBe(200)
  expect(await usage()).toEqual({
    ...before,
    tier: { ...before.tier, caps: { questions: 50, tts_minutes: 5, credits: 1_000 } },
    remaining: { questions: 50, tts_minutes: 5, credits: 1_000 },
  })
  for (const none of [0, null]) expect((await override(none)).body.credits_total).toBeNull()
  expect(await usage()).toEqual(before)
})

test('check 12: the 31st adjust in a minute is 429 with Retry-After, and every answer has a 16-hex X-Request-ID', async () => {
  await restart(CONFIGURED)
  await meet('anna')
  const answers = []
  for (let count = 0; count < 31; count++) answers.push(await adjust({ amount: 1 }))
  expect(answers.map(({ status }) => status)).toEqual([...Array(30).fill(200), 429])
  expect(Number(answers[30]?.headers.get('retry-after'))).toBeGreaterThanOrEqual(1)
  answers.push(await ask('GET', '/admin/credits/currencies'), await ask('GET', '/nowhere'), await deliver({}))
  for (const { headers } of answers) expect(headers.get('x-request-id')).toMatch(/^[0-9a-f]{16}$/)
  shop.clock.advance(MINUTE_MS)
  expect((await adjust({ amount: 1 })).status).toBe(200)
})

test('check 13: secrets, tokens and reasons are in no log line, no event and no envelope', async () => {
  const userToken = await checks.server().userToken('anna')
  const socketToken = await meet('anna')
  const socket = await checks.server().connect(socketToken)
  const reason = 'a reason that nobody else may read'
  expect((await adjust({ reason, idempotency_key: 'a-key-of-support' })).status).toBe(200)
  expect((await adjust({ reason: `${reason} `, amount: -999 })).status).toBe(422)
  await deliver(ofMonth('INITIAL_PURCHASE', 0))
  await ask('GET', '/admin/credits/currencies', { headers: bearer(`${ADMIN_SECRET}-mistyped`) })
  const frames = JSON.stringify(await inTime(socket.settled()))
  const events = JSON.stringify(await shop.database.query(statement('test.all_events', 'select * from events'), []))
  const logs = checks.server().logs()
  for (const told of [frames, events, logs]) expect(told.length).toBeGreaterThan(100)
  const { secretKeyV1, secretKeyV2 } = shop.demo
  const secrets = [
    ADMIN_SECRET,
    WEBHOOK_SECRET,
    SIGNING_SECRET,
    userToken,
    socketToken,
    secretKeyV1,
    secretKeyV2,
    reason,
  ]
  for (const secret of secrets) {
    for (const told of [frames, events, logs]) expect(told.includes(secret)).toBe(false)
  }
})

test('check 14: to exactly 0 and no further, and never past 2,000,000,000', async () => {
  await restart({ ...CONFIGURED, PURSER_MAX_ADJUST: '2000000000' })
  await meet('anna')
  await adjust({ amount: 120 })
  expect(await adjust({ amount: -120 })).toMatchObject({ status: 200, body: { balance: 0 } })
  const refused = await adjust({ amount: -1 })
  expect([refused.status, refused.body.detail.split(':')[0]]).toEqual([422, 'insufficient_balance'])
  expect(await balance()).toBe(0)
  expect(await adjust({ amount: 2_000_000_000 })).toMatchObject({ status: 200, body: { balance: 2_000_000_000 } })
  const above = await adjust({ amount: 1 })
  expect([above.status, above.body.detail.split(':')[0]]).toEqual([422, 'balance_above_maximum'])
  expect(await balance()).toBe(2_000_000_000)
})
