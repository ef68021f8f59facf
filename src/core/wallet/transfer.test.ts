import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { applyChange } from './apply-change.ts'
import { EMPTY, lot, posted, wallet } from './fixtures/wallets.ts'
import { transferUnits } from './transfer.ts'
import type { Lot, Wallet } from './wallet.ts'

const POLICY = { floor: 0, cap: 1_000 }

function transfer(sender: Wallet, receiver: Wallet, amount: number, policy = POLICY) {
  let made = 0
  return transferUnits(sender, receiver, amount, policy, () => `new${++made}`)
}

function moved(...order: Parameters<typeof transfer>) {
  const done = transfer(...order)
  if (!done.ok) throw new Error(JSON.stringify(done.refusal))
  return done.value
}

describe('a transfer', () => {
  const soon = { expiresAt: 70, createdAt: 3, purchaseId: 'purch1', source: 'purchase' as const }

  test('takes what lapses soonest, and each lot goes on with its source, its age and its end', () => {
    const { leave, arrive } = moved(wallet(lot('ever', 40), lot('soon', 30, soon)), wallet(lot('own', 5)), 50)
    expect(leave.draws).toEqual([
      { lotId: 'soon', amount: 30 },
      { lotId: 'ever', amount: 20 },
    ])
    expect(arrive.newLots).toEqual([
      { ...lot('new1', 30, soon), originLotId: 'soon' },
      { ...lot('new2', 20), originLotId: 'ever' },
    ])
    expect([leave.balanceAfter, arrive.balanceAfter]).toEqual([20, 55])
  })

  test('passed on once more still names the lot that it began as', () => {
    const passedOn = moved(wallet(lot('second', 9, { originLotId: 'first' })), EMPTY, 9)
    expect(passedOn.arrive.newLots).toMatchObject([{ originLotId: 'first' }])
  })

  test('pays what the receiver owes first, with what lapses soonest', () => {
    const { arrive } = moved(wallet(lot('ever', 40), lot('soon', 30, soon)), { ...EMPTY, owed: 35 }, 50)
    expect(arrive).toMatchObject({ balanceAfter: 15, owedAfter: 0 })
    expect(arrive.newLots).toEqual([{ ...lot('new1', 15), originLotId: 'ever' }])
    expect([posted(arrive, 'transferred'), posted(arrive, 'owed'), posted(arrive, 'wallet')]).toEqual([-50, 35, 15])
  })

  test.each([
    [101, { floor: 0, owed: 0 }],
    [61, { floor: 40, owed: 0 }],
    [61, { floor: 0, owed: 40 }],
  ])(
    'of %d out of 100 is refused with %j: it would pass the floor, or give away what is owed',
    (amount, { floor, owed }) => {
      const sender = { ...wallet(lot('a', 100)), owed }
      const refused = { ok: false, refusal: { code: 'insufficient_balance', balance: 100, requested: amount } }
      expect(transfer(sender, EMPTY, amount, { ...POLICY, floor })).toMatchObject(refused)
      expect(transfer(sender, EMPTY, amount - 1, { ...POLICY, floor }).ok).toBe(true)
    },
  )

  test('above the cap of the receiver is refused, up to it is not; a debt makes room', () => {
    const full = wallet(lot('b', 950))
    expect(transfer(wallet(lot('a', 100)), full, 50).ok).toBe(true)
    expect(transfer(wallet(lot('a', 100)), full, 51)).toMatchObject({
      refusal: { code: 'balance_above_maximum', balance: 950, requested: 51, isReceiver: true },
    })
    expect(transfer(wallet(lot('a', 100)), { ...full, owed: 1 }, 51).ok).toBe(true)
  })
})

const lots = (prefix: string) =>
  fc
    .array(
      fc.record({ remaining: fc.integer({ min: 1, max: 90 }), expiresAt: fc.option(fc.nat(5)), createdAt: fc.nat(5) }),
      {
        maxLength: 4,
      },
    )
    .map((facts): Lot[] => facts.map((fact, index) => lot(`${prefix}${index}`, fact.remaining, fact)))

test('whatever is transferred, no unit is made, lost or given a later end, and both sides sum to zero', () => {
  const ends = (...wallets: Wallet[]) => {
    const sums = new Map<string, number>()
    for (const { expiresAt, createdAt, remaining } of wallets.flatMap((mine) => mine.lots)) {
      const key = `${expiresAt} ${createdAt}`
      sums.set(key, (sums.get(key) ?? 0) + remaining)
    }
    return [...sums].filter(([, units]) => units > 0).sort()
  }
  fc.assert(
    fc.property(lots('s'), lots('r'), fc.integer({ min: 1, max: 400 }), (sending, receiving, amount) => {
      const [sender, receiver] = [wallet(...sending), wallet(...receiving)]
      const done = transfer(sender, receiver, amount)
      expect(done.ok).toBe(amount <= sender.balance)
      if (!done.ok) return
      const { leave, arrive } = done.value
      for (const change of [leave, arrive]) {
        expect(change.postings.reduce((sum, posting) => sum + posting.amount, 0)).toBe(0)
      }
      expect(posted(leave, 'transferred') + posted(arrive, 'transferred')).toBe(0)
      const after = [applyChange(sender, leave), applyChange(receiver, arrive)] as const
      for (const mine of after) expect(mine.lots.reduce((sum, { remaining }) => sum + remaining, 0)).toBe(mine.balance)
      expect(after[0].balance + after[1].balance).toBe(sender.balance + receiver.balance)
      expect(ends(...after)).toEqual(ends(sender, receiver))
    }),
  )
})
