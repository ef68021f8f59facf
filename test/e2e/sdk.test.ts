import { randomUUID } from 'node:crypto'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { answerTestStoreDialog, launchBrowser, watchOutsideRequests } from '../support/browser.ts'
import { newDataFolder } from '../support/data-folder.ts'
import { type SdkPage, serveSdkPage } from '../support/sdk-page.ts'
import { type ServerProcess, startServer } from '../support/server-process.ts'

/** Guarantee: the official SDK, as its users have it, works against Purser with nothing changed but the URL. */
const SDKS = [
  { version: '1.63', package: '@revenuecat/purchases-js' },
  { version: '1.53', package: 'purchases-js-1-53' },
  { version: '1.40', package: 'purchases-js-1-40' },
]

const INVALID_CREDENTIALS = 11
const USER_CANCELLED = 1
const TEST_STORE_FAILURE = 42

let server: ServerProcess
let browser: Browser
let folder: Awaited<ReturnType<typeof newDataFolder>>
beforeAll(async () => {
  folder = await newDataFolder()
  ;[server, browser] = await Promise.all([startServer(folder.path), launchBrowser()])
})
afterAll(async () => {
  await browser?.close()
  await server?.stop()
  await folder?.remove()
})

describe.each(SDKS)('purchases-js $version', (sdk) => {
  let app: SdkPage
  let page: Page
  let outside: string[]
  const userId = `anna-${randomUUID()}`
  const run = (expression: string) => page.evaluate<unknown>(expression)
  const configure = (appUserId: string, apiKey = server.credentials.test_store_key) =>
    run(`shop.configure(${JSON.stringify({ apiKey, appUserId, proxyURL: server.url })})`)
  const buy = async (packageId: string, button = 'Test valid purchase') => {
    const bought = run(`shop.buy(${JSON.stringify(packageId)}).catch((error) => ({ errorCode: error.errorCode }))`)
    await answerTestStoreDialog(page, button)
    return bought
  }

  beforeAll(async () => {
    app = await serveSdkPage(sdk.package, 'shop.js')
    page = await browser.newPage()
    outside = watchOutsideRequests(page)
    await page.goto(app.url)
    await page.waitForFunction('globalThis.shop !== undefined')
    await configure(userId)
  })
  afterAll(async () => {
    await page.close()
    await app.close()
  })

  test('sees a new customer with nothing, and what is for sale', async () => {
    expect(await run('shop.customer()')).toEqual({
      originalAppUserId: userId,
      active: [],
      subscriptions: [],
      oneTime: [],
    })
    expect(await run('shop.offerings()')).toEqual([
      { id: '$rc_monthly', product: 'pro_monthly', price: 9_990_000 },
      { id: '$rc_annual', product: 'pro_annual', price: 79_990_000 },
      { id: 'credits_500', product: 'credits_500', price: 4_990_000 },
    ])
  })

  test('buys Pro in the Test Store: access and 500 credits at once', async () => {
    expect(await buy('$rc_monthly')).toMatchObject({ active: ['pro'], subscriptions: ['pro_monthly'] })
    expect(await run('shop.balance()')).toBe(500)
  })

  test('buys credits: 1,000, once the cache is told to forget', async () => {
    expect(await buy('credits_500')).toMatchObject({ active: ['pro'], oneTime: ['credits_500'] })
    expect(await run('shop.balance()')).toBe(1_000)
    expect(await run('shop.cachedBalance()')).toBe(1_000)
  })

  test('changes nothing when a purchase is cancelled or fails in the dialog', async () => {
    expect(await buy('credits_500', 'Cancel')).toEqual({ errorCode: USER_CANCELLED })
    expect(await buy('credits_500', 'Test failed purchase')).toEqual({ errorCode: TEST_STORE_FAILURE })
    expect(await run('shop.balance()')).toBe(1_000)
  })

  test('sets attributes that support sees', async () => {
    await run(`shop.setAttributes({ $email: 'anna@example.com', plan: 'gold' })`)
    const answer = await fetch(`${server.url}/v1/subscribers/${userId}`, {
      headers: { authorization: `Bearer ${server.credentials.secret_key_v1}` },
    })
    expect(await answer.json()).toMatchObject({
      subscriber: { subscriber_attributes: { $email: { value: 'anna@example.com' }, plan: { value: 'gold' } } },
    })
  })

  test('logs an anonymous buyer in to a new user, who keeps the purchase', async () => {
    const anonymous = await run('shop.anonymousId()')
    await configure(String(anonymous))
    expect(await buy('$rc_monthly')).toMatchObject({ active: ['pro'] })
    const newUser = `ben-${randomUUID()}`
    expect(await run(`shop.identify('${newUser}')`)).toMatchObject({
      wasCreated: true,
      active: ['pro'],
      originalAppUserId: anonymous,
    })
    expect(await run('shop.balance()')).toBe(500)
  })

  test('logs an anonymous buyer in to a known user: purchases and credits of both', async () => {
    await configure(String(await run('shop.anonymousId()')))
    expect(await buy('credits_500')).toMatchObject({ oneTime: ['credits_500'] })
    expect(await run(`shop.identify('${userId}')`)).toMatchObject({
      wasCreated: false,
      active: ['pro'],
      oneTime: ['credits_500', 'credits_500'],
    })
    expect(await run('shop.balance()')).toBe(1_500)
  })

  test('switches to another user without taking anything along', async () => {
    expect(await run(`shop.changeUser('cleo-${randomUUID()}')`)).toMatchObject({ active: [], oneTime: [] })
    expect(await run('shop.balance()')).toBe(0)
  })

  test('understands a wrong key', async () => {
    await configure(userId, 'test_wrong')
    expect(await run('errorOf(shop.customer())')).toMatchObject({ errorCode: INVALID_CREDENTIALS })
    await configure(userId)
  })

  test('asks nobody but Purser', () => expect(outside).toEqual([]))
})

test('a product that is not for sale is refused in words, and nothing is recorded', async () => {
  const userId = `dora-${randomUUID()}`
  const answer = await fetch(`${server.url}/v1/receipts`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${server.credentials.test_store_key}`,
      'content-type': 'application/json',
      'x-platform': 'web',
    },
    body: JSON.stringify({
      app_user_id: userId,
      product_id: 'no_such_thing',
      fetch_token: `test_${Date.now()}_${randomUUID()}`,
    }),
  })
  expect(answer.status).toBe(400)
  expect(await answer.json()).toMatchObject({
    code: expect.any(Number),
    message: expect.stringContaining('no_such_thing'),
  })
})

test('preflights were answered by Purser itself', async () => {
  const metrics = await (await fetch(`${server.url}/metrics`)).text()
  const preflights = metrics.match(/purser_http_request_duration_seconds_count\{[^}]*method="OPTIONS"[^}]*\} (\d+)/)
  expect(Number(preflights?.[1])).toBeGreaterThan(0)
})
