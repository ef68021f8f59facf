import fc from 'fast-check'
import { expect, test } from 'vitest'
import { applyChange } from './apply-change.ts'
import { deduct } from './deduct.ts'
import { UnitWallet } from './fixtures/unit-wallet.ts'
import { EMPTY } from './fixtures/wallets.ts'
import { grantUpToCap } from './grant.ts'
import { lapse } from './lapse.ts'
import type { DebtPolicy } from './policy.ts'
import { type RecordedChange, reverse } from './reverse.ts'
import type { Lot, Wallet, WalletChange } from './wallet.ts'

const POLICY = { floor: 0, cap: 1_000_000 }

/** `target` counts back from the newest transaction, so that corrections of corrections are common; `livesMs` is how long the units live, null for ever. */
type Step =
  | { kind: 'grant'; amount: number; livesMs: number | null }
  | { kind: 'deduct'; amount: number }
  | { kind: 'wait'; durationMs: number }
  | { kind: 'undo'; target: number; shortage: DebtPolicy; isHere: boolean }

const amount = fc.integer({ min: 1, max: 60 })
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant('grant' as const),
    amount,
    livesMs: fc.option(fc.integer({ min: 1, max: 9 })),
  }),
  fc.record({ kind: fc.constant('deduct' as const), amount }),
  fc.record({ kind: fc.constant('wait' as const), durationMs: fc.integer({ min: 1, max: 5 }) }),
  fc.record({
    kind: fc.constant('undo' as const),
    target: fc.nat(6),
    shortage: fc.constantFrom('clamp' as const, 'debt' as const, 'block' as const),
    isHere: fc.boolean(),
  }),
)

/** A transaction of the ledger, the one it undoes, and whether it was undone itself. */
type Entry = { recorded: RecordedChange; undoes: Entry | null; isUndone: boolean; isGrant: boolean }

/** The wallet with its history, driven by steps: what the use cases and the database do, without either. */
class Ledger {
  wallet: Wallet = EMPTY
  entries: Entry[] = []
  totals = new Map<string, number>()
  readonly #lots = new Map<string, Lot>()
  #lotCount = 0

  nextLotId = () => `lot${String(++this.#lotCount).padStart(4, '0')}`

  record(change: WalletChange, undoes: Entry | null, isGrant: boolean): void {
    for (const lot of [...this.wallet.lots, ...change.newLots]) this.#lots.set(lot.lotId, lot)
    const draws = change.draws.map((draw) => ({ ...draw, lot: this.#lots.get(draw.lotId) as Lot }))
    // A lot that was emptied comes back to the wallet when units are put into it.
    const known = new Set(this.wallet.lots.map(({ lotId }) => lotId))
    const emptied = draws.filter(({ lotId }) => !known.has(lotId)).map(({ lot }) => ({ ...lot, remaining: 0 }))
    this.wallet = applyChange({ ...this.wallet, lots: [...this.wallet.lots, ...emptied] }, change)
    for (const posting of change.postings) {
      this.totals.set(posting.account, (this.totals.get(posting.account) ?? 0) + posting.amount)
    }
    this.entries.push({ recorded: { ...change, draws }, undoes, isUndone: false, isGrant })
  }
}

function run(ledger: Ledger, model: UnitWallet, next: Step, now: number): void {
  if (next.kind === 'grant') {
    const facts = { expiresAt: next.livesMs === null ? null : now + next.livesMs, createdAt: now }
    const lot = { lotId: ledger.nextLotId(), source: 'operator' as const, purchaseId: null }
    const order = { ...lot, ...facts, amount: next.amount, from: 'issued_by_operator' as const }
    ledger.record(grantUpToCap(ledger.wallet, order, POLICY), null, true)
    model.grant(lot.lotId, next.amount, facts)
  } else if (next.kind === 'deduct') {
    const taken = deduct(ledger.wallet, { amount: next.amount, to: 'issued_by_operator' }, POLICY)
    expect(taken.ok).toBe(model.deduct(next.amount))
    if (taken.ok) ledger.record(taken.value, null, false)
  } else if (next.kind === 'undo') undo(ledger, model, next, now)
}

function undo(ledger: Ledger, model: UnitWallet, { target, ...rules }: Step & { kind: 'undo' }, now: number): void {
  const index = ledger.entries.length - 1 - target
  const entry = ledger.entries[index]
  if (entry === undefined || entry.isUndone) return
  // As in use: a grant, a deduction, or what took a grant back.
  if (entry.undoes !== null && !entry.undoes.isGrant) return
  const paidSinceAs = entry.undoes?.recorded.newLots[0] ?? null
  const reversal = { ...rules, aboveCap: 'refuse' as const, share: { part: 1, whole: 1 }, paidSinceAs }
  const world = { now, nextLotId: ledger.nextLotId, policy: POLICY }
  const change = reverse(ledger.wallet, entry.recorded, reversal, world)
  expect(change.ok).toBe(model.undo(index, rules.shortage, now))
  if (!change.ok || change.value === null) return
  entry.isUndone = true
  ledger.record(change.value, entry, false)
  if (entry.undoes !== null) entry.undoes.isUndone = false
}

test('whatever happens to a wallet, it holds exactly the units that a count of single units says, with their ends', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 10, maxLength: 40, size: 'max' }), (steps) => {
      const ledger = new Ledger()
      const model = new UnitWallet()
      let now = 0
      for (const next of steps) {
        if (next.kind === 'wait') now += next.durationMs
        const over = lapse(ledger.wallet, now)
        if (over !== null) {
          // Nobody undoes a lapse: it is marked as if somebody had.
          ledger.record(over, null, false)
          for (const entry of ledger.entries.slice(-1)) entry.isUndone = true
        }
        model.lapse(now)
        run(ledger, model, next, now)
        const { wallet, totals } = ledger
        expect(wallet.balance).toBe(model.units.length)
        expect(wallet.owed).toBe(model.owed)
        expect(wallet.balance).toBeGreaterThanOrEqual(0)
        expect(totals.get('wallet') ?? 0).toBe(wallet.balance)
        expect(totals.get('owed') ?? 0).toBe(-wallet.owed || 0)
        expect(totals.get('expired') ?? 0).toBe(model.expired)
        expect([...totals.values()].reduce((sum, total) => sum + total, 0)).toBe(0)
        expect(wallet.lots.reduce((sum, { remaining }) => sum + remaining, 0)).toBe(wallet.balance)
        for (const lot of wallet.lots) expect(lot.remaining).toBeLessThanOrEqual(lot.granted)
        expect(model.byEnd()).toEqual(byEnd(wallet))
      }
    }),
    { numRuns: 500 },
  )
})

function byEnd({ lots }: Wallet): Record<string, number> {
  const sums: Record<string, number> = {}
  for (const { expiresAt, createdAt, remaining } of lots) {
    const key = `${expiresAt} ${createdAt}`
    sums[key] = (sums[key] ?? 0) + remaining
  }
  return sums
}
