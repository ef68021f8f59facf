import { randomUUID } from 'node:crypto'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { answerTestStoreDialog, launchBrowser } from '../support/browser.ts'
import { newDataFolder } from '../support/data-folder.ts'
import { type SdkPage, serveSdkPage } from '../support/sdk-page.ts'
import { type ServerProcess, startServer } from '../support/server-process.ts'

/** Guarantee: the mapping layer of React Native, Flutter and Unity works on the web with nothing changed but the URL. */
let server: ServerProcess
let browser: Browser
let app: SdkPage
let page: Page
let folder: Awaited<ReturnType<typeof newDataFolder>>
const userId = `emil-${randomUUID()}`
const run = (expression: string) => page.evaluate<unknown>(expression)
const buy = async (packageId: string) => {
  const bought = run(`shop.buy(${JSON.stringify(packageId)})`)
  await answerTestStoreDialog(page, 'Test valid purchase')
  return bought
}

beforeAll(async () => {
  folder = await newDataFolder()
  ;[server, browser] = await Promise.all([startServer(folder.path), launchBrowser()])
  app = await serveSdkPage('@revenuecat/purchases-js-hybrid-mappings', 'hybrid-shop.js')
  page = await browser.newPage()
  await page.goto(app.url)
  await page.waitForFunction('globalThis.shop !== undefined')
  const { test_store_key: apiKey } = server.credentials
  await run(`shop.configure(${JSON.stringify({ apiKey, appUserId: userId, proxyURL: server.url })})`)
})
afterAll(async () => {
  await browser?.close()
  await app?.close()
  await server?.stop()
  await folder?.remove()
})

test('buys Pro and credits', async () => {
  expect(await run('shop.customer()')).toEqual({ originalAppUserId: userId, active: [] })
  expect(await run('shop.offerings()')).toEqual(['$rc_monthly', '$rc_annual', 'credits_500'])
  expect(await buy('$rc_monthly')).toMatchObject({ active: ['pro'] })
  expect(await run('shop.balance()')).toBe(500)
  expect(await buy('credits_500')).toMatchObject({ active: ['pro'] })
  expect(await run('shop.balance()')).toBe(1_000)
})

test('sets attributes, logs out to an anonymous user and in to a new and to the known one', async () => {
  await run(`shop.setAttributes({ plan: 'gold' })`)
  expect(await run('shop.logOut()')).toMatchObject({ active: [] })
  expect(await run('shop.userId()')).toMatch(/^\$RCAnonymousID:/)
  expect(await run(`shop.logIn('fred-${randomUUID()}')`)).toMatchObject({ created: true, active: [] })
  expect(await run(`shop.logIn('${userId}')`)).toMatchObject({ created: false, active: ['pro'] })
  expect(await run('shop.balance()')).toBe(1_000)
})
