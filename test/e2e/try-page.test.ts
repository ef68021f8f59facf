import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { answerTestStoreDialog, launchBrowser, watchOutsideRequests } from '../support/browser.ts'
import { newDataFolder } from '../support/data-folder.ts'
import { type ServerProcess, startServer } from '../support/server-process.ts'

/** Guarantee: a person who opens the page, buys, and has support grant credits sees it happen, without a reload. */
let server: ServerProcess
let browser: Browser
let page: Page
let outside: string[]
let folder: Awaited<ReturnType<typeof newDataFolder>>

beforeAll(async () => {
  folder = await newDataFolder()
  ;[server, browser] = await Promise.all([startServer(folder.path), launchBrowser()])
  page = await browser.newPage()
  outside = watchOutsideRequests(page)
  await page.goto(`${server.url}/try`)
  await page.evaluate('globalThis.sameDocument = true')
})
afterAll(async () => {
  await browser?.close()
  await server?.stop()
  await folder?.remove()
})

const balanceIs = (text: string) => page.locator('#balance').getByText(text, { exact: true }).waitFor()
const userId = async () => (await page.locator('#customer-id').textContent()) ?? ''

async function buy(name: RegExp): Promise<void> {
  await page.locator('#packages li', { hasText: name }).getByRole('button').click()
  await answerTestStoreDialog(page, 'Test valid purchase')
}

async function adjust(
  amount: number,
  idempotencyKey: string,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const answer = await fetch(`${server.url}/admin/credits/adjust`, {
    method: 'POST',
    headers: { authorization: `Bearer ${server.credentials.admin_secret}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      user_id: await userId(),
      amount,
      reason: 'ZD-1042 outage goodwill',
      idempotency_key: idempotencyKey,
    }),
  })
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
}

test('buying Pro shows the entitlement and its credits', async () => {
  await balanceIs('0')
  await buy(/Pro monthly/)
  await balanceIs('500')
  await page.locator('#access', { hasText: /active/i }).waitFor()
  await buy(/500 credits/)
  await balanceIs('1,000')
})

test('a grant by support changes the balance on screen; a repeat changes nothing, another amount is a conflict', async () => {
  await page.locator('#connection[data-state="live"]').waitFor()
  expect(await adjust(50, 'zd-1042-1')).toMatchObject({ status: 200, body: { replayed: false, balance: 1_050 } })
  await balanceIs('1,050')
  expect(await adjust(50, 'zd-1042-1')).toMatchObject({ status: 200, body: { replayed: true, balance: 1_050 } })
  expect(await adjust(51, 'zd-1042-1')).toMatchObject({ status: 409, body: { detail: 'idempotency_key_conflict' } })
  expect(await adjust(-1_050, 'zd-1042-2')).toMatchObject({ status: 200, body: { balance: 0 } })
  await balanceIs('0')
  expect(await page.evaluate('globalThis.sameDocument')).toBe(true)
})

test('another customer on the same page is told of their own changes only', async () => {
  const before = await userId()
  await page.getByRole('button', { name: 'New anonymous customer' }).click()
  await page.locator('#customer-id', { hasNotText: before }).waitFor()
  await buy(/500 credits/)
  await balanceIs('500')
  await page.locator('#connection[data-state="live"]').waitFor()
  expect((await adjust(7, 'zd-1042-3')).status).toBe(200)
  await balanceIs('507')
})

test.each(['/', '/try', '/reference'])('%s needs nothing from outside', async (path) => {
  const other = await browser.newPage()
  const asked = watchOutsideRequests(other)
  const faults: string[] = []
  other.on('pageerror', (error) => faults.push(String(error)))
  await other.goto(`${server.url}${path}`, { waitUntil: 'networkidle' })
  expect(asked).toEqual([])
  expect(faults).toEqual([])
  await other.close()
})

// The reference page shows a viewer of others, whose inside has known faults that cannot be mended from outside.
test.each(['/', '/try'])('%s is accessible', async (path) => {
  const other = await browser.newPage()
  await other.goto(`${server.url}${path}`)
  const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
  const session = await other.context().newCDPSession(other)
  await session.send('Page.setBypassCSP', { enabled: true })
  await other.reload()
  await other.evaluate(axe)
  const { violations } = (await other.evaluate('axe.run()')) as { violations: { id: string }[] }
  expect(violations.map((violation) => violation.id)).toEqual([])
  await other.close()
})

test('the page asks nobody but Purser', () => expect(outside).toEqual([]))
