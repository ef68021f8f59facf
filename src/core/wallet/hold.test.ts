import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { applyChange } from './apply-change.ts'
import { captureHold } from './capture-hold.ts'
import { deduct } from './deduct.ts'
import { lot, posted, wallet } from './fixtures/wallets.ts'
import type { DrawnUnits } from './give-back.ts'
import { type Hold, type HoldChange, heldOf, judgeHold } from './hold.ts'
import { releaseHold } from './release-hold.ts'
import type { Lot, Wallet } from './wallet.ts'

const POLICY = { floor: 0, cap: 1_000 }
const world = (now: number) => ({ now, nextLotId: () => 'new', policy: POLICY })

type Held = { hold: Hold; drawn: DrawnUnits[]; mine: Wallet }

/** Sets units aside. The wallet keeps its emptied lots, as the database does. */
function authorise(mine: Wallet, amount: number): Held {
  const taken = deduct(mine, { amount, to: 'held' }, POLICY)
  if (!taken.ok) throw new Error('the wallet holds too little')
  const lotOf = (lotId: string) => mine.lots.find((item) => item.lotId === lotId) as Lot
  return {
    hold: {
      holdId: 'hold1',
      currency: 'CRD',
      status: 'open',
      authorised: amount,
      captured: 0,
      reason: 'job 7',
      actor: 'admin',
      transactionId: 'vatx1',
      expiresAt: 100,
      createdAt: 0,
      closedAt: null,
    },
    drawn: taken.value.draws.map((draw) => ({ lot: lotOf(draw.lotId), amount: draw.amount, isHere: true })),
    mine: withAllLots(mine, applyChange(mine, taken.value)),
  }
}

function withAllLots(before: Wallet, after: Wallet): Wallet {
  const left = (item: Lot) => after.lots.find(({ lotId }) => lotId === item.lotId)?.remaining ?? 0
  return { ...after, lots: before.lots.map((item) => ({ ...item, remaining: left(item) })) }
}

function capture({ hold, drawn, mine }: Held, amount: number, keepOpen = false, now = 10): HoldChange {
  const done = captureHold(mine, hold, drawn, { amount, keepOpen }, world(now))
  if (!done.ok) throw new Error('the capture was refused')
  return done.value
}

const MINE = wallet(lot('soon', 40, { expiresAt: 50 }), lot('ever', 100))

describe('capturing a hold', () => {
  test('of all that it keeps spends it', () => {
    const { hold, change } = capture(authorise(MINE, 90), 90)
    expect([posted(change, 'held'), posted(change, 'spent'), posted(change, 'wallet')]).toEqual([-90, 90, 0])
    expect(hold).toMatchObject({ status: 'captured', captured: 90, closedAt: 10 })
  })

  test('of a part uses what lapses first, and releases the rest into the lots that it came from', () => {
    const { hold, change } = capture(authorise(MINE, 90), 30)
    expect(hold).toMatchObject({ status: 'captured', captured: 30 })
    expect([posted(change, 'held'), posted(change, 'spent'), posted(change, 'wallet')]).toEqual([-90, 30, 60])
    expect(change.draws).toEqual([
      { lotId: 'ever', amount: -50 },
      { lotId: 'soon', amount: -10 },
    ])
    expect(change.balanceAfter).toBe(110)
  })

  test('of a part can leave it open, again and again until nothing is left', () => {
    const held = authorise(MINE, 90)
    const first = capture(held, 30, true)
    expect([first.hold.status, heldOf(first.hold), first.change.balanceAfter]).toEqual(['open', 60, 50])
    const last = capture({ ...held, hold: first.hold }, 60, true)
    expect(last.hold).toMatchObject({ status: 'captured', captured: 90 })
    const released = releaseHold(held.mine, first.hold, held.drawn, 'voided', world(10))
    expect(released.change.draws.reduce((sum, { amount }) => sum - amount, 0)).toBe(60)
  })

  test('of more than it keeps takes the rest out of the balance, up to all of it', () => {
    const held = authorise(MINE, 90)
    const { hold, change } = capture(held, 140)
    expect([posted(change, 'held'), posted(change, 'spent'), posted(change, 'wallet')]).toEqual([-90, 140, -50])
    expect([hold.captured, hold.status, change.balanceAfter]).toEqual([140, 'captured', 0])
    expect(captureHold(held.mine, held.hold, held.drawn, { amount: 141, keepOpen: false }, world(10))).toMatchObject({
      refusal: { code: 'insufficient_balance', balance: 50, requested: 51 },
    })
  })
})

describe('releasing a hold', () => {
  test('gives its units back, but those whose lot is over lapse', () => {
    const held = authorise(MINE, 90)
    const { hold, change } = releaseHold(held.mine, held.hold, held.drawn, 'expired', world(60))
    expect(hold).toMatchObject({ status: 'expired', closedAt: 60 })
    expect([posted(change, 'held'), posted(change, 'wallet'), posted(change, 'expired')]).toEqual([-90, 50, 40])
  })

  test('after a merge goes on in new lots of the same end', () => {
    const held = authorise(MINE, 90)
    const elsewhere = held.drawn.map((units) => ({ ...units, isHere: false }))
    const { change } = releaseHold(wallet(lot('other', 1)), held.hold, elsewhere, 'voided', world(10))
    expect(change.newLots).toMatchObject([{ originLotId: 'ever' }, { originLotId: 'soon', expiresAt: 50 }])
  })

  test('never fails for want of room: what is above the cap is posted there', () => {
    const held = authorise(MINE, 90)
    const { change } = releaseHold(wallet(lot('full', 970)), held.hold, held.drawn, 'voided', world(10))
    expect([posted(change, 'wallet'), posted(change, 'over_cap')]).toEqual([30, 60])
  })
})

test('a hold is over at its very end, whether that is booked or not, and never comes back', () => {
  const { hold } = authorise(MINE, 90)
  expect(judgeHold(hold, 99)).toEqual({ ok: true, value: null })
  expect(judgeHold(hold, 100)).toEqual({ ok: false, refusal: { code: 'hold_expired' } })
  for (const status of ['captured', 'voided'] as const) {
    expect(judgeHold({ ...hold, status }, 0)).toEqual({ ok: false, refusal: { code: 'hold_closed', status } })
  }
  expect(judgeHold({ ...hold, status: 'expired' }, 0)).toMatchObject({ refusal: { code: 'hold_expired' } })
})

const step = fc.record({
  amount: fc.integer({ min: 1, max: 120 }),
  keepOpen: fc.boolean(),
  waitMs: fc.nat(20),
})

test('whatever is captured of a hold and in which portions, each of its units is used, released or lapsed exactly once', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 140 }), fc.array(step, { maxLength: 6 }), (amount, steps) => {
      const held = authorise(MINE, amount)
      let { hold, mine } = held
      const totals = { held: amount, spent: 0, wallet: mine.balance, expired: 0 }
      let now = 0
      for (const { waitMs, ...order } of [...steps, null].map(
        (item) => item ?? { amount: 0, keepOpen: false, waitMs: 0 },
      )) {
        now += waitMs
        if (!judgeHold(hold, now).ok) break
        const done =
          order.amount === 0
            ? { ok: true as const, value: releaseHold(mine, hold, held.drawn, 'voided', world(now)) }
            : captureHold(mine, hold, held.drawn, order, world(now))
        if (!done.ok) continue
        const { change } = done.value
        for (const account of ['held', 'spent', 'wallet', 'expired'] as const)
          totals[account] += posted(change, account)
        mine = withAllLots(mine, applyChange(mine, change))
        hold = done.value.hold
        expect(totals.held).toBe(heldOf(hold))
        expect(totals.wallet).toBe(mine.balance)
        expect(totals.wallet + totals.held + totals.spent + totals.expired).toBe(140)
        expect(mine.lots.reduce((sum, { remaining }) => sum + remaining, 0)).toBe(mine.balance)
        for (const item of mine.lots) expect(item.remaining).toBeLessThanOrEqual(item.granted)
      }
      expect(hold.captured).toBe(totals.spent)
    }),
  )
})
