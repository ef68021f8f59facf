import { expect, test } from 'vitest'
import { GRANTED_AT, grantOf } from './fixtures/grants.ts'
import { grantEvent } from './grant-event.ts'

test('events of a grant name a product of their own, no app, and no money', () => {
  const grant = grantOf({ lookupKey: 'Trainee Pro', duration: 'three_month' })
  expect(grantEvent('NON_RENEWING_PURCHASE', grant)).toEqual({
    type: 'NON_RENEWING_PURCHASE',
    key: 'grnt1 NON_RENEWING_PURCHASE',
    data: {
      purchaseId: 'grnt1',
      appId: null,
      store: 'promotional',
      environment: 'production',
      productId: null,
      storeProductId: 'rc_promo_Trainee Pro_three_month',
      grantedEntitlement: 'Trainee Pro',
      periodType: 'promotional',
      purchasedAt: GRANTED_AT,
      expiresAt: grant.expiresAt,
      transactionId: grant.storeTransactionId,
      originalTransactionId: grant.storeTransactionId,
      price: { amountMicros: 0, currency: 'USD' },
      renewalNumber: null,
      presentedOffering: null,
      isFamilyShare: false,
    },
  })
})

test('a lifetime has no end in events until it is taken back, and every end is the doing of the team', () => {
  const lifetime = grantOf({ duration: 'lifetime', expiresAt: GRANTED_AT * 2 })
  expect(grantEvent('NON_RENEWING_PURCHASE', lifetime).data.expiresAt).toBeNull()
  const revoked = grantEvent('CANCELLATION', { ...lifetime, revokedAt: GRANTED_AT + 5 })
  expect(revoked.data).toMatchObject({ expiresAt: GRANTED_AT + 5, reason: 'DEVELOPER_INITIATED' })
})
