import { expect, it } from 'vitest'
import { type BalanceFacts, type Cause, explainBalance, type LotStory } from './explain-balance.ts'
import { lot } from './fixtures/wallets.ts'
import type { Hold } from './hold.ts'
import { tellBalance } from './tell-balance.ts'
import type { Lot } from './wallet.ts'

const NOW = Date.parse('2026-02-01T00:00:00Z')
const END = Date.parse('2026-02-28T10:00:00Z')

function cause(facts: Partial<Cause> = {}): Cause {
  const by = { kind: 'admin_adjust' as const, actor: 'admin', reason: 'ZD-1', storeTransactionId: null }
  return { transactionId: 'vatx1', ...by, createdAt: NOW - 1_000, ...facts }
}

function story(own: Lot, facts: Partial<LotStory> = {}): LotStory {
  return { lot: own, madeBy: cause(), product: null, movements: [], earlier: { count: 0, amount: 0 }, ...facts }
}

const hold: Hold = {
  holdId: 'hold1',
  currency: 'CRD',
  status: 'open',
  authorised: 40,
  captured: 10,
  reason: 'job 1',
  actor: 'admin',
  transactionId: 'vatx2',
  expiresAt: END,
  createdAt: NOW,
  closedAt: null,
}

/** 500 bought, 300 of them spent and 30 held; 25 granted by hand; 20 of another lot that is over, unbooked. */
const FACTS: BalanceFacts = {
  currency: 'CRD',
  booked: { balance: 215, owed: 0 },
  accounts: [
    { account: 'issued_by_purchase', currency: 'CRD', amount: -520 },
    { account: 'issued_by_operator', currency: 'CRD', amount: -25 },
    { account: 'spent', currency: 'CRD', amount: 300 },
    { account: 'held', currency: 'CRD', amount: 30 },
    { account: 'wallet', currency: 'CRD', amount: 215 },
  ],
  totals: { lots: 7, granted: 1_545, remaining: 215, lapsed: 20 },
  stories: [
    story(lot('lotD', 0, { granted: 10 }), { madeBy: cause({ createdAt: 1 }) }),
    story(lot('lotC', 0, { granted: 10 }), { madeBy: cause({ createdAt: 2 }) }),
    story(lot('lotB', 25)),
    story(lot('lotA', 170, { granted: 500, expiresAt: END, source: 'purchase', purchaseId: 'purch1' }), {
      madeBy: cause({ kind: 'purchase_grant', actor: 'system', reason: null, storeTransactionId: 'test_1' }),
      product: 'credits_500',
      movements: [{ ...cause({ kind: 'consume', actor: 'user', reason: null }), amount: 300 }],
      earlier: { count: 3, amount: 30 },
    }),
    story(lot('lotZ', 20, { expiresAt: NOW })),
  ],
  holds: [hold],
  held: 30,
  check: { outcome: 'sound', transactions: 9 },
}

it('each account has its part, and the parts sum up to the booked balance', () => {
  const { parts, balance, lapsed } = explainBalance(FACTS, NOW)
  expect(parts).toEqual([
    { account: 'issued_by_purchase', amount: 520 },
    { account: 'issued_by_operator', amount: 25 },
    { account: 'spent', amount: -300 },
    { account: 'held', amount: -30 },
  ])
  expect(parts.reduce((sum, { amount }) => sum + amount, 0)).toBe(balance + lapsed)
  expect([balance, lapsed]).toEqual([195, 20])
})

it('lots are told in spending order, then the empty ones from the newest; the others are summed up', () => {
  const { stories, others, nextLapse } = explainBalance(FACTS, NOW)
  expect(stories.map(({ lot: { lotId } }) => lotId)).toEqual(['lotZ', 'lotA', 'lotB', 'lotC', 'lotD'])
  expect(others).toEqual({ lots: 2, granted: 980, remaining: 0 })
  expect(nextLapse).toEqual({ at: END, amount: 170 })
})

it('it agrees only when every sum of rows is what is kept', () => {
  expect(explainBalance(FACTS, NOW).agrees).toBe(true)
  const disagreeing: Array<Partial<BalanceFacts>> = [
    { booked: { balance: 216, owed: 0 } },
    { booked: { balance: 215, owed: 1 } },
    { totals: { ...FACTS.totals, remaining: 214 } },
    { held: 29 },
    { accounts: FACTS.accounts.slice(0, -1) },
  ]
  for (const facts of disagreeing) expect(explainBalance({ ...FACTS, ...facts }, NOW).agrees).toBe(false)
})

it('is told in words that a person can follow', () => {
  expect(tellBalance(explainBalance(FACTS, NOW), 'anna')).toEqual([
    'anna can spend 195 CRD at 2026-02-01T00:00:00.000Z.',
    '20 more are in lots that are over; their lapse is not booked yet.',
    '30 are kept by holds and not in it.',
    '170 lapse next, at 2026-02-28T10:00:00.000Z.',
    '',
    'How the booked balance came about:',
    '  +520  granted for purchases',
    '  +25  granted by operators and keys',
    '  -300  spent',
    '  -30  kept by holds',
    '',
    'Lots that hold something, in the order in which they are spent:',
    '  lotZ  20 left of 20, by admin_adjust of admin, "ZD-1" (vatx1), 2026-01-31T23:59:59.000Z; lapses 2026-02-01T00:00:00.000Z',
    '  lotA  170 left of 500, for credits_500 of purchase purch1, charge test_1, 2026-01-31T23:59:59.000Z; lapses 2026-02-28T10:00:00.000Z',
    '    -300  2026-01-31T23:59:59.000Z  consume of user (vatx1)',
    '    and 3 earlier movements: -30',
    '  lotB  25 left of 25, by admin_adjust of admin, "ZD-1" (vatx1), 2026-01-31T23:59:59.000Z; never lapses',
    '',
    'Lots that are empty, the newest first:',
    '  lotC  0 left of 10, by admin_adjust of admin, "ZD-1" (vatx1), 1970-01-01T00:00:00.002Z; never lapses',
    '  lotD  0 left of 10, by admin_adjust of admin, "ZD-1" (vatx1), 1970-01-01T00:00:00.001Z; never lapses',
    'And 2 other lots: 0 left of 980.',
    '',
    'Holds that are open:',
    '  hold1  keeps 30 until 2026-02-28T10:00:00.000Z: job 1',
    '',
    'Checked:',
    '  balance, by its postings: 215, as the ledger adds up',
    '  balance, by its lots: 215, as the ledger adds up',
    '  owed: 0, as the ledger adds up',
    '  held: 30, as the ledger adds up',
    '  the chain of 9 transactions is sound',
  ])
})

it.each([
  [{ outcome: 'too_long', transactions: 12_345 } as const, /12,345 transactions is too long .*'purser ledger verify'/],
  [{ outcome: 'busy' } as const, /ask again/],
  [
    { outcome: 'broken', fault: { customerId: 'cust1', row: 'lot lotA', problem: 'no transaction made it' } } as const,
    /not sound: lot lotA: no transaction made it/,
  ],
])('what the check came to is said: %j', (check, words) => {
  expect(tellBalance(explainBalance({ ...FACTS, check }, NOW), 'anna').at(-1)).toMatch(words)
})
