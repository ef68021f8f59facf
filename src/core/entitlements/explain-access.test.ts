import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Catalog } from '../catalog/catalog.ts'
import { product, purchase, START } from '../purchases/fixtures/chain.ts'
import type { Purchase } from '../purchases/purchase.ts'
import { entitlementsOf } from './entitlements-of.ts'
import { type AccessFacts, explainAccess } from './explain-access.ts'
import type { EntitlementGrant } from './grant.ts'
import { purchasesInForce } from './testing-access.ts'

const NOW = START + 50
const CATALOG: Catalog = {
  projectId: 'proj',
  products: new Map(
    [
      product('monthly'),
      product('both', { entitlements: ['plus', 'pro'] }),
      product('lifetime', { type: 'non_consumable', period: null }),
      product('coins', { type: 'consumable', period: null, entitlements: [] }),
    ].map((one) => [one.productId, one]),
  ),
  offerings: [],
  currencies: [],
}

const grant = (facts: Partial<EntitlementGrant> = {}): EntitlementGrant => ({
  grantId: 'grant1',
  lookupKey: 'pro',
  duration: 'custom',
  grantedBy: 'apikey1',
  storeTransactionId: 'tx',
  grantedAt: START,
  expiresAt: START + 100,
  revokedAt: null,
  dueAt: null,
  ...facts,
})

const facts = (parts: Partial<AccessFacts> = {}): AccessFacts => ({
  purchases: [],
  grants: [],
  catalog: CATALOG,
  isSandboxCounted: true,
  ...parts,
})

const explainPro = (parts: Partial<AccessFacts>) => explainAccess(facts(parts), NOW, 'pro').entitlements[0]

describe('the reason why a purchase gives access or none', () => {
  const paid = { expiresAt: NOW + 10 }
  const over = { expiresAt: NOW - 10 }
  const lifetime = { productId: 'lifetime', type: 'non_consumable', expiresAt: null } as const
  test.each<[string, Partial<Purchase>, 'active' | 'ended' | 'never', string]>([
    ['is paid', paid, 'active', 'paid'],
    ['is on trial', { ...paid, periodType: 'trial' }, 'active', 'paid'],
    ['will end', { ...paid, autoRenews: false }, 'active', 'paid'],
    ['was bought for ever', lifetime, 'active', 'for_ever'],
    ['is in grace', { ...over, billingIssueDetectedAt: NOW - 10, graceExpiresAt: NOW + 5 }, 'active', 'grace'],
    ['was not paid', { ...over, billingIssueDetectedAt: NOW - 10 }, 'ended', 'payment_failed'],
    ['is paused', { ...over, autoResumeAt: NOW + 20 }, 'ended', 'paused'],
    ['ended', { ...over, autoRenews: false }, 'ended', 'ended'],
    ['was refunded', { ...paid, refundedAt: NOW - 1 }, 'ended', 'refunded'],
    ['was revoked', { ...paid, revokedAt: NOW - 1 }, 'ended', 'revoked'],
    [
      'was replaced',
      { ...paid, superseded: { at: NOW - 1, by: 'product_change', productId: 'both' } },
      'ended',
      'superseded',
    ],
    ['was given back, bought once', { ...lifetime, refundedAt: NOW - 1 }, 'never', 'given_back'],
  ])('that %s', (_what, state, verdict, reason) => {
    const told = explainPro({ purchases: [purchase(state)] })
    expect(told).toMatchObject({ verdict, candidates: [{ reason, isActive: verdict === 'active' }] })
  })

  test('that is of a sandbox which does not count, although it would', () => {
    const told = explainPro({ purchases: [purchase({ expiresAt: NOW + 10 })], isSandboxCounted: false })
    expect(told).toMatchObject({ verdict: 'never', represents: null, candidates: [{ reason: 'sandbox_not_counted' }] })
  })
})

test('of a purchase whose product is not attached it is said that it is not', () => {
  const coins = purchase({ productId: 'coins', type: 'consumable', expiresAt: null })
  const gone = purchase({ purchaseId: 'gone', productId: 'gone' })
  expect(explainPro({ purchases: [coins, gone] })).toMatchObject({
    verdict: 'never',
    candidates: [],
    products: ['monthly', 'both', 'lifetime'],
    notAttached: ['purch1', 'gone'],
  })
})

test('an entitlement that nothing gives is explained when it is asked for, and else left out', () => {
  expect(explainAccess(facts(), NOW, 'gold').entitlements).toMatchObject([{ lookupKey: 'gold', products: [] }])
  expect(explainAccess(facts(), NOW, null).entitlements).toEqual([])
})

test('a grant by hand stands for an entitlement when it ends last, and says so when it was taken back', () => {
  const short = purchase({ expiresAt: NOW + 10 })
  expect(explainPro({ purchases: [short], grants: [grant()] })).toMatchObject({
    represents: { source: 'grant', id: 'grant1' },
    candidates: [{ reason: 'granted' }, { reason: 'paid', id: 'purch1' }],
  })
  expect(explainPro({ grants: [grant({ revokedAt: NOW - 1 })] })).toMatchObject({
    verdict: 'ended',
    candidates: [{ reason: 'revoked' }],
  })
})

test('whatever was bought and granted, the verdict is that of the entitlements themselves', () => {
  const at = fc.integer({ min: -60, max: 60 }).map((by) => NOW + by)
  const maybeAt = fc.option(at)
  const anyPurchase = fc
    .record({
      productId: fc.constantFrom('monthly', 'both', 'lifetime', 'coins', 'gone'),
      environment: fc.constantFrom('sandbox' as const, 'production' as const),
      purchasedAt: at,
      expiresAt: maybeAt,
      graceExpiresAt: maybeAt,
      billingIssueDetectedAt: maybeAt,
      refundedAt: maybeAt,
      revokedAt: maybeAt,
      autoResumeAt: maybeAt,
      autoRenews: fc.boolean(),
    })
    .map((parts) => ({ ...parts, type: CATALOG.products.get(parts.productId)?.type ?? ('subscription' as const) }))
  const anyGrant = fc.record({
    lookupKey: fc.constantFrom('pro', 'plus'),
    grantedAt: at,
    expiresAt: at,
    revokedAt: maybeAt,
  })
  fc.assert(
    fc.property(
      fc.array(anyPurchase, { maxLength: 6 }),
      fc.array(anyGrant, { maxLength: 3 }),
      fc.boolean(),
      (bought, granted, isSandboxCounted) => {
        const purchases = bought.map((parts, index) => purchase({ ...parts, purchaseId: `p${index}` }))
        const grants = granted.map((parts, index) => grant({ ...parts, grantId: `g${index}` }))
        const held = entitlementsOf(purchasesInForce(purchases, isSandboxCounted), grants, CATALOG)
        const told = explainAccess(facts({ purchases, grants, isSandboxCounted }), NOW, null).entitlements
        const there = told.filter(({ verdict }) => verdict !== 'never')
        expect(there.map(({ lookupKey, endsAt, represents }) => ({ lookupKey, endsAt, id: represents?.id }))).toEqual(
          held.map((one) => ({
            lookupKey: one.lookupKey,
            endsAt: one.expiresAt,
            id: one.purchase === null ? one.grant.grantId : one.purchase.purchaseId,
          })),
        )
        for (const { verdict, endsAt } of there) {
          expect(verdict).toBe(endsAt === null || endsAt > NOW ? 'active' : 'ended')
        }
        for (const { verdict, candidates } of told) {
          expect(candidates.some(({ isActive }) => isActive)).toBe(verdict === 'active')
        }
      },
    ),
    { numRuns: 500 },
  )
})
