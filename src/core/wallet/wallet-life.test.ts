import fc from 'fast-check'
import { expect, test } from 'vitest'
import { NaiveWallet } from './fixtures/naive-wallet.ts'
import { RuleWallet } from './fixtures/rule-wallet.ts'
import { heldOf } from './hold.ts'
import type { DebtPolicy } from './policy.ts'
import type { Account } from './wallet.ts'

/** Histories that are tried, each of up to 40 steps; a few seconds in all. */
const HISTORIES = 10_000

/**
 * `target` counts back from the newest transaction or hold, so that corrections of corrections are common; `livesMs` is
 * how long units live, null for ever. Time moves on by itself with each step.
 */
type Step =
  | { kind: 'grant'; amount: number; livesMs: number | null }
  | { kind: 'deduct'; amount: number }
  | { kind: 'authorise'; amount: number }
  | { kind: 'capture'; target: number; amount: number; keepOpen: boolean }
  | { kind: 'release'; target: number }
  | { kind: 'wait'; durationMs: number }
  | { kind: 'undo'; target: number; shortage: DebtPolicy; share: { part: number; whole: number }; isHere: boolean }

const upTo = (max: number) => fc.integer({ min: 1, max })
const target = fc.nat(6)

/** Grants are small and holds large, so that a hold draws on several lots and is captured piece by piece. */
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant('grant' as const),
    amount: upTo(8),
    livesMs: fc.option(upTo(40)),
  }),
  fc.record({ kind: fc.constant('deduct' as const), amount: upTo(16) }),
  fc.record({ kind: fc.constant('authorise' as const), amount: upTo(16) }),
  fc.record({ kind: fc.constant('capture' as const), target: fc.nat(1), amount: upTo(6), keepOpen: fc.boolean() }),
  fc.record({ kind: fc.constant('release' as const), target: fc.nat(2) }),
  fc.record({ kind: fc.constant('wait' as const), durationMs: upTo(20) }),
  fc.record({
    kind: fc.constant('undo' as const),
    target,
    shortage: fc.constantFrom('clamp' as const, 'debt' as const, 'block' as const),
    share: fc.constantFrom({ part: 1, whole: 1 }, { part: 1, whole: 3 }),
    isHere: fc.boolean(),
  }),
)

/** The same history in both, side by side. */
class Pair {
  readonly rules = new RuleWallet()
  readonly naive = new NaiveWallet()
  readonly holds: Array<{
    kept: NonNullable<ReturnType<RuleWallet['authorise']>>
    heap: NonNullable<ReturnType<NaiveWallet['authorise']>>
  }> = []

  run(next: Step, now: number): void {
    const { rules, naive } = this
    rules.lapse(now)
    naive.lapse(now)
    if (next.kind === 'grant') {
      const facts = { expiresAt: next.livesMs === null ? null : now + next.livesMs, createdAt: now }
      naive.grant(rules.grant(next.amount, facts), next.amount, facts)
    } else if (next.kind === 'deduct') same('deduct', rules.deduct(next.amount), naive.deduct(next.amount))
    else if (next.kind === 'undo') this.#undo(next, now)
    else if (next.kind !== 'wait') this.#hold(next, now)
    this.compare()
  }

  #undo({ target, ...undo }: Step & { kind: 'undo' }, now: number): void {
    const index = this.rules.entries.length - 1 - target
    if (!this.rules.isUndoable(index)) return
    const done = this.rules.undo(index, undo, now)
    same('undo', done, this.naive.undo(index, undo.shortage, undo.share, now))
  }

  #hold(next: Step & { kind: 'authorise' | 'capture' | 'release' }, now: number): void {
    const { rules, naive } = this
    if (next.kind === 'authorise') {
      const [kept, heap] = [rules.authorise(next.amount, now), naive.authorise(next.amount)]
      same('authorise', kept !== null, heap !== null)
      if (kept !== null && heap !== null) this.holds.push({ kept, heap })
      return
    }
    const hold = this.holds.at(-1 - next.target)
    if (hold === undefined || hold.kept.hold.status !== 'open') return
    if (next.kind === 'release') {
      rules.release(hold.kept, now)
      naive.release(hold.heap, now)
      return
    }
    const done = rules.capture(hold.kept, next.amount, next.keepOpen, now)
    same('capture', done, naive.capture(hold.heap, next.amount, next.keepOpen, now))
  }

  compare(): void {
    const { wallet, totals, entries } = this.rules
    const { naive } = this
    const total = (account: Account) => totals.get(account) ?? 0
    same('the balance', wallet.balance, naive.units.length)
    same('what is owed', wallet.owed, naive.owed)
    same('what lapsed', total('expired'), naive.expired)
    same('units and a debt at once', wallet.balance > 0 && wallet.owed > 0, false)
    same('the postings to the wallet', total('wallet'), wallet.balance)
    same('the postings to what is owed', -total('owed') || 0, wallet.owed)
    same('all postings together', sumOf(totals.values()), 0)
    same('what is in the lots', sumOf(wallet.lots.map(({ remaining }) => remaining)), wallet.balance)
    same(
      'no lot holds more than was granted',
      wallet.lots.every((lot) => lot.remaining <= lot.granted),
      true,
    )
    same(
      'no lot is drawn on twice',
      entries.every(({ recorded }) => isOncePerLot(recorded.draws)),
      true,
    )
    let held = 0
    for (const { kept, heap } of this.holds) {
      held += heldOf(kept.hold)
      same('a hold', `${heldOf(kept.hold)} ${kept.hold.captured}`, `${heap.kept.length} ${heap.captured}`)
      same('whether a hold is open', kept.hold.status === 'open', heap.isOpen)
    }
    same('the postings to what is held', total('held'), held)
    const ends = naive.byEnd()
    for (const { expiresAt, createdAt, remaining } of wallet.lots) {
      const key = `${expiresAt} ${createdAt}`
      ends.set(key, (ends.get(key) ?? 0) - remaining)
    }
    same(
      'the units of each end and age',
      [...ends.values()].every((difference) => difference === 0),
      true,
    )
  }
}

/** Not by `expect`, which would take most of the time of a million comparisons. */
function same<Value>(what: string, real: Value, naive: Value): void {
  if (real !== naive) throw new Error(`${what}: ${String(real)}, and the naive model says ${String(naive)}`)
}

function sumOf(amounts: Iterable<number>): number {
  let sum = 0
  for (const amount of amounts) sum += amount
  return sum
}

function isOncePerLot(draws: ReadonlyArray<{ lotId: string }>): boolean {
  return draws.length < 2 || new Set(draws.map(({ lotId }) => lotId)).size === draws.length
}

test(`in ${HISTORIES} random histories, lots and holds say exactly what a list of single units says`, () => {
  let compared = 0
  fc.assert(
    fc.property(fc.array(step, { minLength: 5, maxLength: 40, size: 'max' }), (steps) => {
      const pair = new Pair()
      let now = 0
      for (const next of steps) {
        now += next.kind === 'wait' ? next.durationMs : 1
        pair.run(next, now)
      }
      compared += pair.rules.entries.length
    }),
    { numRuns: HISTORIES },
  )
  expect(compared).toBeGreaterThan(HISTORIES)
}, 60_000)
