import fc from 'fast-check'
import { expect, test } from 'vitest'
import { applyChange } from './apply-change.ts'
import { deduct } from './deduct.ts'
import { EMPTY, posted } from './fixtures/wallets.ts'
import { grant, grantUpToCap } from './grant.ts'
import type { Wallet, WalletChange } from './wallet.ts'

const POLICY = { floor: 10, cap: 500 }
const ACCOUNTS = ['wallet', 'issued_by_purchase', 'issued_by_operator', 'merged', 'over_cap'] as const

type Step =
  | { kind: 'grant' | 'purchase'; amount: number; expiresAt: number | null; createdAt: number }
  | { kind: 'deduct'; amount: number }

const amount = fc.integer({ min: 1, max: 300 })
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constantFrom('grant' as const, 'purchase' as const),
    amount,
    expiresAt: fc.option(fc.nat(5)),
    createdAt: fc.nat(5),
  }),
  fc.record({ kind: fc.constant('deduct' as const), amount }),
)

/** One unit of the naive model: every unit stands for itself and knows its lot. */
type Unit = { lotId: string; expiresAt: number; createdAt: number }

/** Spends the units one by one, each time the one that the rule names. */
function spendUnits(units: Unit[], count: number): Unit[] {
  const order = (one: Unit, other: Unit) =>
    one.expiresAt - other.expiresAt || one.createdAt - other.createdAt || (one.lotId < other.lotId ? -1 : 1)
  return [...units].sort(order).slice(count)
}

function run(wallet: Wallet, next: Step, lotId: string): WalletChange | null {
  if (next.kind === 'deduct') {
    const taken = deduct(wallet, { amount: next.amount, to: 'issued_by_operator' }, POLICY)
    return taken.ok ? taken.value : null
  }
  const { kind, ...facts } = next
  const source = kind === 'purchase' ? ('purchase' as const) : ('operator' as const)
  const order = { ...facts, lotId, source, purchaseId: null, from: `issued_by_${source}` as const }
  if (kind === 'purchase') return grantUpToCap(wallet, order, POLICY)
  const granted = grant(wallet, order, POLICY)
  return granted.ok ? granted.value : null
}

function sumByLot(items: ReadonlyArray<{ lotId: string; remaining?: number }>): Record<string, number> {
  const sums: Record<string, number> = {}
  for (const { lotId, remaining = 1 } of items) sums[lotId] = (sums[lotId] ?? 0) + remaining
  return sums
}

test('any order of grants and deductions conserves units, keeps the bounds, and spends the lots that the rule names', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      let wallet = EMPTY
      let units: Unit[] = []
      const totals = { wallet: 0, issued_by_purchase: 0, issued_by_operator: 0, merged: 0, over_cap: 0 }
      for (const [index, next] of steps.entries()) {
        const lotId = `lot${String(index).padStart(3, '0')}`
        const change = run(wallet, next, lotId)
        if (change === null) continue
        const before = wallet.balance
        wallet = applyChange(wallet, change)
        for (const account of ACCOUNTS) totals[account] += posted(change, account)
        const gained = wallet.balance - before
        if (next.kind === 'deduct') units = spendUnits(units, -gained)
        else {
          const unit = { lotId, expiresAt: next.expiresAt ?? Number.POSITIVE_INFINITY, createdAt: next.createdAt }
          units.push(...Array.from({ length: gained }, () => unit))
        }
        expect(change.postings.reduce((sum, posting) => sum + posting.amount, 0)).toBe(0)
        expect(change.postings.every((posting) => posting.amount !== 0)).toBe(true)
        expect(wallet.balance).toBe(totals.wallet)
        expect(wallet.balance).toBe(wallet.lots.reduce((sum, item) => sum + item.remaining, 0))
        expect(sumByLot(wallet.lots)).toEqual(sumByLot(units))
        expect(wallet.balance).toBeLessThanOrEqual(POLICY.cap)
        if (next.kind === 'deduct') expect(wallet.balance).toBeGreaterThanOrEqual(POLICY.floor)
      }
      expect(Object.values(totals).reduce((sum, total) => sum + total, 0)).toBe(0)
    }),
    { numRuns: 400 },
  )
})

test('a refusal is exact: what is refused would have passed a bound, and what is accepted does not', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      let wallet = EMPTY
      for (const [index, next] of steps.entries()) {
        const change = run(wallet, next, `lot${index}`)
        const after = next.kind === 'deduct' ? wallet.balance - next.amount : wallet.balance + next.amount
        const fits = next.kind === 'purchase' || (next.kind === 'deduct' ? after >= POLICY.floor : after <= POLICY.cap)
        expect(change !== null).toBe(fits)
        if (change !== null) wallet = applyChange(wallet, change)
      }
    }),
  )
})
