import { expect, test } from 'vitest'
import { UNTROUBLED } from '../../core/purchases/chain-state.ts'
import { PRICE, START } from '../../core/purchases/fixtures/chain.ts'
import type { PurchaseSnapshot } from '../../core/purchases/snapshot.ts'
import type { ActionQuestion } from '../../usecases/ports/stores.ts'
import { act } from './act.ts'
import { PROJECT, SHOP } from './fixtures/store-life.ts'

const COINS: PurchaseSnapshot = {
  ...UNTROUBLED,
  asOf: START,
  autoRenews: false,
  store: 'test_store',
  environment: 'sandbox',
  appId: 'app1',
  storePurchaseId: 'chain1',
  type: 'consumable',
  transactions: [
    {
      storeTransactionId: 'tx1',
      productId: 'coins',
      periodType: 'normal',
      purchasedAt: START,
      expiresAt: null,
      price: PRICE,
    },
  ],
  nextCheckAt: null,
}

test.each([
  { kind: 'uncancel' },
  { kind: 'cancel' },
  { kind: 'renew' },
  { kind: 'change_product', storeProductId: 'monthly', isAtRenewal: false },
] as const)('a one-time purchase has no renewal: $kind', (action) => {
  const question = { action, now: START + 1_000, project: PROJECT, catalog: SHOP } as ActionQuestion
  expect(act(COINS, question)).toMatchObject({ ok: false, refusal: { code: 'action_refused' } })
})
