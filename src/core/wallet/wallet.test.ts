import { describe, expect, test } from 'vitest'
import { deduct } from './deduct.ts'
import { EMPTY, lot, wallet } from './fixtures/wallets.ts'
import { type Grant, grant, grantUpToCap } from './grant.ts'
import { ledgerTransaction } from './ledger-transaction.ts'
import { DEFAULT_POLICY } from './policy.ts'
import { spendOrder } from './spend-order.ts'

const POLICY = { floor: 0, cap: 1_000 }
const ORDER: Grant = {
  lotId: 'lot9',
  amount: 300,
  from: 'issued_by_operator',
  source: 'operator',
  purchaseId: null,
  expiresAt: null,
  createdAt: 5,
}

describe('the bounds of a balance', () => {
  test('are those of the API: no debt, two thousand million units', () => {
    expect(DEFAULT_POLICY).toEqual({ floor: 0, cap: 2_000_000_000 })
  })
})

describe('a grant', () => {
  test('is one lot, and the units come out of a named account', () => {
    expect(grant(wallet(lot('lot1', 100)), ORDER, POLICY)).toEqual({
      ok: true,
      value: {
        currency: 'CRD',
        postings: [
          { account: 'issued_by_operator', currency: 'CRD', amount: -300 },
          { account: 'wallet', currency: 'CRD', amount: 300 },
        ],
        newLots: [lot('lot9', 300, { createdAt: 5 })],
        draws: [],
        balanceAfter: 400,
        owedAfter: 0,
      },
    })
  })

  test('reaches the cap exactly, and one unit more is refused and changes nothing', () => {
    expect(grant(wallet(lot('lot1', 700)), ORDER, POLICY)).toMatchObject({ value: { balanceAfter: 1_000 } })
    expect(grant(wallet(lot('lot1', 701)), ORDER, POLICY)).toEqual({
      ok: false,
      refusal: { code: 'balance_above_maximum', currency: 'CRD', balance: 701, requested: 300, maximum: 1_000 },
    })
  })

  test('of a paid purchase never fails: what does not fit is posted where it can be seen', () => {
    const change = grantUpToCap(wallet(lot('lot1', 900)), ORDER, POLICY)
    expect(change.balanceAfter).toBe(1_000)
    expect(change.newLots).toMatchObject([{ granted: 100, remaining: 100 }])
    expect(change.postings.map(({ account, amount }) => [account, amount])).toEqual([
      ['issued_by_operator', -300],
      ['wallet', 100],
      ['over_cap', 200],
    ])
  })

  test('to a full wallet makes no empty lot', () => {
    const change = grantUpToCap(wallet(lot('lot1', 1_000)), ORDER, POLICY)
    expect(change).toMatchObject({ newLots: [], balanceAfter: 1_000 })
    expect(change.postings.map(({ account, amount }) => [account, amount])).toEqual([
      ['issued_by_operator', -300],
      ['over_cap', 300],
    ])
  })

  test.each([0, -1, 1.5, Number.NaN, 2 ** 53])('of %d units is a fault of the caller', (amount) => {
    expect(() => grantUpToCap(EMPTY, { ...ORDER, amount }, POLICY)).toThrow('a grant is a positive whole number')
  })
})

describe('a deduction', () => {
  test('takes what lapses soonest first, over as many lots as it needs', () => {
    const mine = wallet(lot('old', 500), lot('late', 600, { expiresAt: 90 }), lot('soon', 400, { expiresAt: 50 }))
    const taken = deduct(mine, { amount: 750, to: 'issued_by_operator' }, POLICY)
    expect(taken).toEqual({
      ok: true,
      value: {
        currency: 'CRD',
        postings: [
          { account: 'wallet', currency: 'CRD', amount: -750 },
          { account: 'issued_by_operator', currency: 'CRD', amount: 750 },
        ],
        newLots: [],
        draws: [
          { lotId: 'soon', amount: 400 },
          { lotId: 'late', amount: 350 },
        ],
        balanceAfter: 750,
        owedAfter: 0,
      },
    })
  })

  test('reaches the floor exactly, and one unit more is refused and changes nothing', () => {
    const mine = wallet(lot('lot1', 100))
    expect(deduct(mine, { amount: 100, to: 'issued_by_operator' }, POLICY)).toMatchObject({
      value: { balanceAfter: 0 },
    })
    expect(deduct(mine, { amount: 101, to: 'issued_by_operator' }, POLICY)).toEqual({
      ok: false,
      refusal: { code: 'insufficient_balance', currency: 'CRD', balance: 100, requested: 101 },
    })
    expect(deduct(mine, { amount: 41, to: 'issued_by_operator' }, { ...POLICY, floor: 60 }).ok).toBe(false)
  })

  test.each([0, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY])('of %d units is a fault of the caller', (amount) => {
    expect(() => deduct(wallet(lot('lot1', 9)), { amount, to: 'issued_by_operator' }, POLICY)).toThrow(
      'a deduction is a positive whole number',
    )
  })

  test('stops when the lots do not hold what the balance says, instead of paying out of nothing', () => {
    const broken = { ...wallet(lot('lot1', 9)), balance: 10 }
    expect(() => deduct(broken, { amount: 10, to: 'issued_by_operator' }, POLICY)).toThrow('the sum of its lots')
  })
})

test('the spending order: soonest end, then the oldest, those without an end last; ties by id, so it never changes', () => {
  const lots = [
    lot('c', 1, { createdAt: 1 }),
    lot('b', 1, { createdAt: 1 }),
    lot('a', 1, { createdAt: 2 }),
    lot('e', 1, { createdAt: 9, expiresAt: 70 }),
    lot('d', 1, { createdAt: 8, expiresAt: 70 }),
    lot('f', 1, { createdAt: 9, expiresAt: 60 }),
  ]
  const ids = (order: typeof lots) => spendOrder(order).map((item) => item.lotId)
  expect(ids(lots)).toEqual(['f', 'd', 'e', 'b', 'c', 'a'])
  expect(ids([...lots].reverse())).toEqual(ids(lots))
})

describe('a ledger transaction', () => {
  const facts = {
    transactionId: 'vatx1',
    kind: 'admin_adjust',
    reason: 'ZD-1',
    actor: 'support',
    requestId: null,
    purchaseId: null,
    storeTransactionId: null,
    reversesTransactionId: null,
    operationId: null,
    createdAt: 0,
  } as const

  test('is made of changes whose postings sum to zero', () => {
    const change = grantUpToCap(EMPTY, ORDER, POLICY)
    expect(ledgerTransaction({ ...facts, changes: [change] })).toEqual({ ...facts, changes: [change] })
  })

  test('that would make or lose a unit, in one currency even if another makes up for it, is never written', () => {
    const lost = {
      ...grantUpToCap(EMPTY, ORDER, POLICY),
      postings: [{ account: 'wallet', currency: 'CRD', amount: 1 } as const],
    }
    const made = { ...lost, currency: 'GEM', postings: [{ account: 'wallet', currency: 'GEM', amount: -1 } as const] }
    expect(() => ledgerTransaction({ ...facts, changes: [lost, made] })).toThrow('postings sum to zero')
    expect(() => ledgerTransaction({ ...facts, changes: [] })).toThrow('changes something')
  })
})
