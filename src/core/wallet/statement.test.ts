import fc from 'fast-check'
import { expect, it, test } from 'vitest'
import { applyChange } from './apply-change.ts'
import { deduct } from './deduct.ts'
import { type Operation, replay } from './fixtures/unit-replay.ts'
import { EMPTY, lot } from './fixtures/wallets.ts'
import { type DrawnUnits, giveBack } from './give-back.ts'
import { grantUpToCap } from './grant.ts'
import { hasLapsed, lapse } from './lapse.ts'
import { type AccountSum, type CurrencyStatement, type LedgerUntil, statementAt } from './statement.ts'
import { takeBack } from './take-back.ts'
import type { Lot, Wallet, WalletChange } from './wallet.ts'

const POLICY = { floor: 0, cap: 1_000_000 }
const RUNS = 10_000
const START = 100

/** A ledger as the database keeps it: immutable rows with their time, and the wallet as their projection. */
class Ledger {
  wallet: Wallet = EMPTY
  readonly rows: Array<{ at: number; change: WalletChange }> = []
  readonly #lots = new Map<string, Lot>()
  readonly #grants: Array<{ lotId: string; amount: number; isOpen: boolean }> = []
  readonly #holds: Array<{ drawn: DrawnUnits[]; amount: number; isOpen: boolean }> = []

  /** Books what lapsed first, as every write does; so a lapse may be booked long after it came. */
  run(operation: Operation): void {
    const { at } = operation
    const over = lapse(this.wallet, at)
    if (over !== null) this.#record(at, over)
    if (operation.kind === 'grant') this.#grant(operation)
    else if (operation.kind === 'release') this.#release(operation)
    else if (operation.kind === 'refund') this.#refund(operation)
    else {
      const to = operation.kind === 'hold' ? 'held' : 'spent'
      const taken = deduct(this.wallet, { amount: operation.amount, to }, POLICY)
      if (!taken.ok) return
      this.#record(at, taken.value)
      if (to !== 'held') return
      const drawn = taken.value.draws.map(({ lotId, amount }) => ({ lot: this.#lotOf(lotId), amount, isHere: true }))
      this.#holds.push({ drawn, amount: operation.amount, isOpen: true })
    }
  }

  #grant({ at, lotId, amount, expiresAt }: Operation & { kind: 'grant' }): void {
    const facts = { lotId, amount, expiresAt, createdAt: at, source: 'operator' as const, purchaseId: null }
    this.#record(at, grantUpToCap(this.wallet, { ...facts, from: 'issued_by_operator' }, POLICY))
    this.#grants.push({ lotId, amount, isOpen: true })
  }

  #release({ at, target }: Operation & { kind: 'release' }): void {
    const hold = this.#holds[target]
    if (hold?.isOpen !== true) return
    hold.isOpen = false
    const order = {
      from: { held: hold.amount },
      drawn: hold.drawn,
      owed: 0,
      paidSinceAs: null,
      aboveCap: 'post' as const,
    }
    const world = { now: at, nextLotId: () => 'none', policy: POLICY }
    const back = giveBack(this.wallet, order, world)
    if (back.ok) this.#record(at, back.value)
  }

  #refund({ at, target, shortage }: Operation & { kind: 'refund' }): void {
    const grant = this.#grants[target]
    if (grant?.isOpen !== true) return
    const order = { amount: grant.amount, to: 'issued_by_operator' as const, lotIds: new Set([grant.lotId]), shortage }
    const taken = takeBack(this.wallet, order)
    if (!taken.ok) return
    grant.isOpen = false
    if (taken.value !== null) this.#record(at, taken.value)
  }

  #lotOf(lotId: string): Lot {
    return this.#lots.get(lotId) as Lot
  }

  #record(at: number, change: WalletChange): void {
    for (const made of change.newLots) this.#lots.set(made.lotId, made)
    const known = new Set(this.wallet.lots.map(({ lotId }) => lotId))
    const emptied = change.draws
      .filter(({ lotId }) => !known.has(lotId))
      .map(({ lotId }) => ({ ...this.#lotOf(lotId), remaining: 0 }))
    this.wallet = applyChange({ ...this.wallet, lots: [...this.wallet.lots, ...emptied] }, change)
    this.rows.push({ at, change })
  }
}

/** What the database sums up of the rows until a moment. */
function sumUntil(rows: Ledger['rows'], at: number): LedgerUntil {
  const changes = rows.filter((row) => row.at <= at).map(({ change }) => change)
  const accounts = new Map<string, AccountSum>()
  for (const { account, currency, amount } of changes.flatMap(({ postings }) => postings)) {
    accounts.set(account, { account, currency, amount: (accounts.get(account)?.amount ?? 0) + amount })
  }
  const draws = changes.flatMap((change) => change.draws)
  const lots = changes
    .flatMap(({ newLots }) => newLots)
    .map((made) => ({
      ...made,
      remaining: draws.reduce((left, draw) => (draw.lotId === made.lotId ? left - draw.amount : left), made.granted),
    }))
    .filter(({ remaining }) => remaining > 0)
  const sumOf = (some: readonly Lot[]) => some.reduce((sum, { remaining }) => sum + remaining, 0)
  const lapsed = sumOf(lots.filter((one) => hasLapsed(one, at)))
  const sums = lots.length === 0 ? [] : [{ currency: 'CRD', lots: lots.length, remaining: sumOf(lots), lapsed }]
  return { accounts: [...accounts.values()], lots, sums }
}

const amount = fc.integer({ min: 1, max: 9 })
const target = fc.nat(3)
const step = fc.record({
  waitMs: fc.nat(3),
  what: fc.oneof(
    fc.record({ kind: fc.constant('grant' as const), amount, livesMs: fc.option(fc.integer({ min: 1, max: 8 })) }),
    fc.record({ kind: fc.constant('deduct' as const), amount }),
    fc.record({ kind: fc.constant('hold' as const), amount }),
    fc.record({ kind: fc.constant('release' as const), target }),
    fc.record({
      kind: fc.constant('refund' as const),
      target,
      shortage: fc.constantFrom('clamp' as const, 'debt' as const, 'block' as const),
    }),
  ),
})

function operationsOf(steps: readonly (typeof step extends fc.Arbitrary<infer Step> ? Step : never)[]): Operation[] {
  let at = START
  return steps.map(({ waitMs, what }, index) => {
    at += waitMs
    if (what.kind !== 'grant') return { at, ...what }
    const expiresAt = what.livesMs === null ? null : at + what.livesMs
    return { at, kind: 'grant', lotId: `lot${String(index).padStart(2, '0')}`, amount: what.amount, expiresAt }
  })
}

test('the statement of every past moment is what a replay of the operations until then comes to, and that of now is the wallet', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 3, maxLength: 14, size: 'max' }), (steps) => {
      const operations = operationsOf(steps)
      const ledger = new Ledger()
      for (const operation of operations) ledger.run(operation)
      const end = (operations.at(-1)?.at ?? START) + 3
      for (let at = START - 1; at <= end; at++) {
        const [said] = statementAt(sumUntil(ledger.rows, at), at)
        const naive = replay(operations, at)
        if (said === undefined) expect(naive).toEqual({ balance: 0, owed: 0, held: 0, byLot: {} })
        else expect(spendable(said)).toEqual(naive)
        if (said?.addsUp === false) throw new Error(`postings and lots disagree at ${at}`)
      }
      const [today] = statementAt(sumUntil(ledger.rows, end), end)
      if (today !== undefined) expect(booked(today)).toEqual(bookedOf(ledger.wallet))
    }),
    { numRuns: RUNS },
  )
}, 120_000)

function spendable({ balance, owed, held, lots }: CurrencyStatement) {
  const alive = lots.filter(({ isLapsed }) => !isLapsed)
  return { balance, owed, held, byLot: Object.fromEntries(alive.map(({ lotId, remaining }) => [lotId, remaining])) }
}

function booked({ balance, lapsed, owed, lots }: CurrencyStatement) {
  return { balance: balance + lapsed, owed, lots: lots.map(({ isLapsed, ...own }) => own) }
}

function bookedOf({ balance, owed, lots }: Wallet) {
  const ids = [...lots].sort((one, other) => (one.expiresAt ?? 1e15) - (other.expiresAt ?? 1e15) || byAge(one, other))
  return { balance, owed, lots: ids }
}

function byAge(one: Lot, other: Lot): number {
  return one.createdAt - other.createdAt || (one.lotId < other.lotId ? -1 : 1)
}

it('a lot is over at its very end: its units are listed, marked, and not in the balance', () => {
  const lots = [lot('a', 10, { expiresAt: 50 }), lot('b', 5)]
  const accounts: AccountSum[] = [{ account: 'wallet', currency: 'CRD', amount: 15 }]
  const sums = (lapsed: number) => [{ currency: 'CRD', lots: 2, remaining: 15, lapsed }]
  expect(statementAt({ accounts, lots, sums: sums(0) }, 49)[0]).toMatchObject({ balance: 15, lapsed: 0 })
  expect(statementAt({ accounts, lots, sums: sums(10) }, 50)[0]).toMatchObject({
    balance: 5,
    lapsed: 10,
    lots: [
      { lotId: 'a', isLapsed: true },
      { lotId: 'b', isLapsed: false },
    ],
  })
})

it('lots that are not listed are still in the sums, and told as omitted', () => {
  const accounts: AccountSum[] = [{ account: 'wallet', currency: 'CRD', amount: 30 }]
  const sums = [{ currency: 'CRD', lots: 3, remaining: 30, lapsed: 0 }]
  expect(statementAt({ accounts, lots: [lot('a', 10)], sums }, 1)[0]).toMatchObject({
    balance: 30,
    addsUp: true,
    omitted: { lots: 2, remaining: 20 },
  })
})

it('says when postings and lots disagree', () => {
  const accounts: AccountSum[] = [{ account: 'wallet', currency: 'CRD', amount: 11 }]
  const sums = [{ currency: 'CRD', lots: 1, remaining: 10, lapsed: 0 }]
  expect(statementAt({ accounts, lots: [lot('a', 10)], sums }, 1)[0]?.addsUp).toBe(false)
})
