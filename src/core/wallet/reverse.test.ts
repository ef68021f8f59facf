import { describe, expect, test } from 'vitest'
import { applyChange } from './apply-change.ts'
import { deduct } from './deduct.ts'
import { EMPTY, lot, posted, wallet } from './fixtures/wallets.ts'
import { grantUpToCap } from './grant.ts'
import { shareOf } from './refund-share.ts'
import { isReversible, type RecordedChange, type Reversal, reverse } from './reverse.ts'
import type { Lot, Wallet, WalletChange } from './wallet.ts'

const POLICY = { floor: 0, cap: 1_000 }
const WHOLE: Reversal = {
  isHere: true,
  shortage: 'block',
  aboveCap: 'refuse',
  share: { part: 1, whole: 1 },
  lapsed: 0,
  paidSinceAs: null,
}

function recorded(change: WalletChange, lots: readonly Lot[]): RecordedChange {
  const lotOf = (lotId: string) => {
    const found = lots.find((item) => item.lotId === lotId)
    if (found === undefined) throw new Error(`no lot ${lotId}`)
    return found
  }
  return { ...change, draws: change.draws.map((draw) => ({ ...draw, lot: lotOf(draw.lotId) })) }
}

function undo(mine: Wallet, change: RecordedChange, reversal: Partial<Reversal> = {}, now = 0) {
  let made = 0
  return reverse(mine, change, { ...WHOLE, ...reversal }, { now, nextLotId: () => `new${++made}`, policy: POLICY })
}

function spend(mine: Wallet, amount: number): { left: Wallet; spent: RecordedChange } {
  const taken = deduct(mine, { amount, to: 'issued_by_operator' }, POLICY)
  if (!taken.ok) throw new Error('the wallet holds too little')
  return { left: applyChange(mine, taken.value), spent: recorded(taken.value, mine.lots) }
}

function changeOf(result: ReturnType<typeof undo>): WalletChange {
  if (!result.ok || result.value === null) throw new Error(`nothing changed: ${JSON.stringify(result)}`)
  return result.value
}

const GRANTED = grantUpToCap(
  EMPTY,
  {
    lotId: 'g',
    amount: 300,
    from: 'issued_by_purchase',
    source: 'purchase',
    purchaseId: 'p1',
    expiresAt: 90,
    createdAt: 5,
  },
  POLICY,
)

describe('undoing a deduction', () => {
  const before = wallet(lot('soon', 40, { expiresAt: 50 }), lot('late', 40, { expiresAt: 70 }), lot('ever', 40))
  const { left, spent } = spend(before, 100)

  test('puts the units back into the lots that they were taken from', () => {
    const change = changeOf(undo(left, spent, {}, 49))
    expect(change.draws).toContainEqual({ lotId: 'soon', amount: -40 })
    expect(posted(change, 'issued_by_operator')).toBe(-100)
    const lots = [...applyChange({ ...left, lots: before.lots.map((l) => held(left, l)) }, change).lots]
    expect(lots.map(({ remaining }) => remaining)).toEqual([40, 40, 40])
  })

  test('makes nothing permanent: units of a lot that is over meanwhile go to `expired`', () => {
    const change = changeOf(undo(left, spent, {}, 60))
    expect(change.draws).toEqual([
      { lotId: 'ever', amount: -20 },
      { lotId: 'late', amount: -40 },
    ])
    expect([posted(change, 'wallet'), posted(change, 'expired'), change.balanceAfter]).toEqual([60, 40, 80])
  })

  test('after a merge goes on in new lots of the same end and age', () => {
    const change = changeOf(undo(wallet(lot('other', 5)), spent, { isHere: false }, 60))
    expect(change.draws).toEqual([])
    expect(change.newLots).toMatchObject([
      { originLotId: 'ever', expiresAt: null, granted: 20 },
      { originLotId: 'late', expiresAt: 70, granted: 40 },
    ])
  })

  test('that no longer fits below the cap is refused to an operator, and posted for a store', () => {
    const full = wallet(lot('more', 980))
    expect(undo(full, spent, {}, 49)).toMatchObject({ refusal: { code: 'balance_above_maximum', requested: 100 } })
    const change = changeOf(undo(full, spent, { aboveCap: 'post' }, 49))
    expect([change.balanceAfter, posted(change, 'over_cap')]).toEqual([1_000, 80])
    expect(change.draws).toEqual([{ lotId: 'ever', amount: -20 }])
  })
})

/** The lot with what the wallet still holds of it, also when that is nothing. */
function held(mine: Wallet, item: Lot): Lot {
  return mine.lots.find(({ lotId }) => lotId === item.lotId) ?? { ...item, remaining: 0 }
}

describe('undoing a grant', () => {
  const grant = recorded(GRANTED, [])

  test('takes its own lots first, also after a merge, then goes on in spending order', () => {
    const mine = wallet(lot('soon', 100, { expiresAt: 9 }), lot('copy', 250, { originLotId: 'g', expiresAt: 90 }))
    expect(changeOf(undo(mine, grant)).draws).toEqual([
      { lotId: 'copy', amount: 250 },
      { lotId: 'soon', amount: 50 },
    ])
  })

  test.each([
    ['clamp', 120, 0, 0],
    ['debt', 120, 180, 0],
  ] as const)('of which units were spent: %s', (shortage, taken, owed, balanceAfter) => {
    const change = changeOf(undo(wallet(lot('g', 120)), grant, { shortage }))
    expect(posted(change, 'issued_by_purchase')).toBe(taken + owed)
    expect(posted(change, 'owed') + owed).toBe(0)
    expect(change).toMatchObject({ balanceAfter, owedAfter: owed })
  })

  test('of which units were spent: block refuses and changes nothing', () => {
    expect(undo(wallet(lot('g', 299)), grant)).toEqual({
      ok: false,
      refusal: { code: 'insufficient_balance', currency: 'CRD', balance: 299, requested: 300 },
    })
  })

  test('of which all is gone is no transaction under clamp', () => {
    expect(undo(EMPTY, grant, { shortage: 'clamp' })).toEqual({ ok: true, value: null })
  })

  test('leaves alone what was posted above the cap: it never reached anybody', () => {
    const mine = wallet(lot('a', 900))
    const cut = grantUpToCap(mine, { ...lot('g', 0), amount: 300, from: 'issued_by_purchase' }, POLICY)
    const change = changeOf(undo(applyChange(mine, cut), recorded(cut, [])))
    expect([posted(change, 'wallet'), posted(change, 'over_cap'), change.balanceAfter]).toEqual([-100, 0, 900])
  })

  test.each([
    [500, 1, 3, 167],
    [500, 3, 10, 150],
    [500, 1, 1_000_000, 1],
    [500, 0, 9, 0],
    [500, 9, 9, 500],
    [500, 10, 9, 500],
    [500, 0, 0, 500],
    [2_000_000_000, 9_990_000, 19_980_000, 1_000_000_000],
  ])('of %d units by %d of %d takes %d: exact, and rounded up', (amount, part, whole, expected) => {
    expect(shareOf(amount, { part, whole })).toBe(expected)
  })

  test.each([
    ['clamp', 60, 0],
    ['debt', 60, 0],
    ['debt', 25, 35],
  ] as const)('takes back nothing for units that lapsed: %s of %d in the wallet', (shortage, balance, owed) => {
    const change = changeOf(undo(wallet(lot('g', balance)), grant, { shortage, lapsed: 240 }))
    expect([posted(change, 'wallet'), change.owedAfter]).toEqual([-Math.min(60, balance), owed])
    expect(undo(wallet(lot('g', 60)), grant, { lapsed: 300 })).toEqual({ ok: true, value: null })
  })

  test('of no share at all changes nothing', () => {
    expect(undo(wallet(lot('g', 300)), grant, { share: { part: 0, whole: 9 } })).toEqual({ ok: true, value: null })
  })
})

describe('a debt', () => {
  const order = { ...lot('l', 0), amount: 100, from: 'issued_by_operator' as const }

  test('is paid by the next grants before anything reaches the balance', () => {
    const owing: Wallet = { ...EMPTY, owed: 130 }
    const first = grantUpToCap(owing, order, POLICY)
    expect(first).toMatchObject({ balanceAfter: 0, owedAfter: 30, newLots: [] })
    const second = grantUpToCap(applyChange(owing, first), order, POLICY)
    expect(second).toMatchObject({ balanceAfter: 70, owedAfter: 0, newLots: [{ granted: 70 }] })
    expect([posted(second, 'owed'), posted(second, 'wallet'), posted(second, 'issued_by_operator')]).toEqual([
      30, 70, -100,
    ])
  })

  test('is forgiven when the refund is withdrawn; what was paid of it since comes back and keeps the end of the grant', () => {
    const taken = changeOf(undo(wallet(lot('g', 120)), recorded(GRANTED, []), { shortage: 'debt' }))
    const refund = recorded(taken, [lot('g', 120, { expiresAt: 90 })])
    const paidPartly = { ...EMPTY, owed: 50 }
    const paidSinceAs = GRANTED.newLots[0] ?? null
    const change = changeOf(undo(paidPartly, refund, { paidSinceAs }, 80))
    expect(change).toMatchObject({ owedAfter: 0, balanceAfter: 250 })
    expect(change.draws).toEqual([{ lotId: 'g', amount: -120 }])
    expect(change.newLots).toMatchObject([{ granted: 130, expiresAt: 90, originLotId: 'g' }])
    expect(changeOf(undo(paidPartly, refund, { paidSinceAs }, 90))).toMatchObject({ owedAfter: 0, balanceAfter: 0 })
  })
})

test('moves, lapses, corrections and holds of which nothing was used are not for operators to undo; all else is', () => {
  const own = [
    'merge_out',
    'merge_in',
    'transfer_out',
    'transfer_in',
    'expire',
    'reversal',
    'refund',
    'refund_reversal',
    'erase',
  ]
  expect([...own, 'hold', 'hold_release'].filter(isKind)).toEqual([])
  expect(['admin_adjust', 'purchase_grant', 'api_adjust', 'consume', 'hold_capture'].filter(isKind)).toHaveLength(5)
})

function isKind(kind: string): boolean {
  return isReversible(kind as Parameters<typeof isReversible>[0])
}
