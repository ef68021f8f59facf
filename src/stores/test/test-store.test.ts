import { describe, expect, test } from 'vitest'
import { DAY_MS } from '../../core/lib/clock.ts'
import type { App, Project } from '../../core/projects/project.ts'
import { CATALOG, product, purchase, storedOf } from '../../core/purchases/fixtures/chain.ts'
import type { ReceiptQuestion } from '../../usecases/ports.ts'
import { findStore } from '../registry.ts'
import { testStore } from './test-store.ts'

const NOW = Date.parse('2026-01-31T10:00:00Z')
const TOKEN = `test_${NOW}_123e4567-e89b-12d3-a456-426614174000`
const APP: App = { appId: 'app1', projectId: 'proj', name: 'App', store: 'test_store', publicKey: 'test_key' }
const PROJECT: Project = {
  projectId: 'proj',
  name: 'Project',
  isDemo: false,
  restoreBehavior: 'transfer',
  testStorePace: 'calendar',
  testStoreMaxRenewals: null,
}
const TRIAL = product('trial_monthly', { trial: { period: 'P1W', cycles: 2, price: null } })

function ask(facts: Partial<ReceiptQuestion> = {}) {
  return testStore.verify({
    app: APP,
    project: PROJECT,
    catalog: { ...CATALOG, products: new Map([...CATALOG.products, ['trial_monthly', TRIAL]]) },
    fetchToken: TOKEN,
    storeProductId: 'monthly',
    boughtProductIds: new Set(),
    now: NOW,
    ...facts,
  })
}

test('the registry knows the Test Store, and no store that cannot be verified yet', () => {
  expect(findStore('test_store')).toBe(testStore)
  expect(findStore('app_store')).toBeNull()
})

describe('a receipt', () => {
  test('names its chain by the token, always as sandbox', () => {
    expect(testStore.chainOf(TOKEN)).toEqual({ ok: true, value: { storePurchaseId: TOKEN, environment: 'sandbox' } })
    expect(testStore.chainOf('MIIT...')).toMatchObject({ refusal: { code: 'receipt_invalid' } })
  })

  test('of a subscription is one paid period that renews', async () => {
    const answer = await ask()
    expect(answer).toMatchObject({
      ok: true,
      value: { storePurchaseId: TOKEN, autoRenews: true, nextCheckAt: Date.parse('2026-02-28T10:00:00Z') },
    })
    expect(answer.ok && answer.value.transactions).toMatchObject([
      { storeTransactionId: TOKEN, periodType: 'normal', purchasedAt: NOW, price: { amountMicros: 9_990_000 } },
    ])
  })

  test('of a one-time purchase has no end and does not renew', async () => {
    expect(await ask({ storeProductId: 'coins' })).toMatchObject({
      value: { type: 'consumable', autoRenews: false, nextCheckAt: null, transactions: [{ expiresAt: null }] },
    })
  })

  test('counts by the clock of the server, wherever that of the device stands', async () => {
    const early = await ask({ now: NOW + 3 * DAY_MS })
    expect(early.ok && early.value.transactions[0]?.purchasedAt).toBe(NOW + 3 * DAY_MS)
  })

  test.each<[string, Partial<ReceiptQuestion>, string]>([
    ['of another form', { fetchToken: 'test_abc' }, 'receipt_invalid'],
    ['from months ago', { now: NOW + 31 * DAY_MS }, 'receipt_invalid'],
    ['from the future', { now: NOW - 2 * DAY_MS }, 'receipt_invalid'],
    ['that names no product', { storeProductId: null }, 'receipt_invalid'],
    ['of a product that the project does not sell', { storeProductId: 'nothing' }, 'product_unknown'],
    ['of a product of another app', { app: { ...APP, appId: 'app2' } }, 'product_unknown'],
  ])('%s is refused', async (_name, facts, code) => {
    expect(await ask(facts)).toMatchObject({ ok: false, refusal: { code } })
  })
})

describe('a trial', () => {
  test('comes first, costs nothing, and lasts all its cycles', async () => {
    const answer = await ask({ storeProductId: 'trial_monthly' })
    expect(answer.ok && answer.value.transactions).toMatchObject([
      { periodType: 'trial', expiresAt: NOW + 14 * DAY_MS, price: { amountMicros: 0, currency: 'USD' } },
    ])
  })

  test('is not given twice to one customer', async () => {
    const answer = await ask({ storeProductId: 'trial_monthly', boughtProductIds: new Set(['trial_monthly']) })
    expect(answer.ok && answer.value.transactions[0]?.periodType).toBe('normal')
  })
})

describe('asked again', () => {
  const question = { project: PROJECT, catalog: CATALOG, transactions: storedOf(purchase()) }

  test('a running subscription goes on', async () => {
    const due = purchase()
    const answer = await testStore.refresh({ ...question, purchase: due, now: due.expiresAt ?? 0 })
    expect(answer.ok && answer.value.at(-1)).toMatchObject({ autoRenews: true })
    expect(answer.ok && answer.value.at(-1)?.transactions).toHaveLength(2)
  })

  test('a subscription to a product that was deleted is not charged any more and ends', async () => {
    const orphan = purchase({ productId: 'deleted' })
    const transactions = storedOf(orphan).map((charge) => ({ ...charge, productId: 'deleted' }))
    const answer = await testStore.refresh({ ...question, transactions, purchase: orphan, now: orphan.expiresAt ?? 0 })
    const ended = { autoRenews: false, unsubscribeDetectedAt: orphan.expiresAt }
    expect(answer.ok && answer.value.at(-1)).toMatchObject(ended)
    expect(answer.ok && answer.value.at(-1)?.transactions).toHaveLength(1)
  })
})
