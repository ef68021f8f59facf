import { expect, test } from 'vitest'
import { canonicalText, EMPTY_CHAIN, nextLink, type SealedFacts } from './chain.ts'
import { lot } from './fixtures/wallets.ts'
import { type LedgerRow, type LedgerState, LedgerVerifier } from './verify-ledger.ts'

const POSTINGS = [
  { account: 'issued_by_operator', currency: 'CRD', amount: -50 },
  { account: 'wallet', currency: 'CRD', amount: 50 },
] as const

const FACTS: SealedFacts = {
  customerId: 'cust1',
  transactionId: 'vatx1',
  kind: 'admin_adjust',
  actor: 'admin',
  reason: 'ZD-1',
  requestId: 'req1',
  purchaseId: null,
  storeTransactionId: null,
  reversesTransactionId: null,
  operationId: null,
  createdAt: 1_000,
  postings: POSTINGS,
  newLots: [lot('lot1', 30), lot('lot2', 20, { expiresAt: 9_000 })],
  draws: [],
}

/** Not a hash, but as different as the texts are. */
const hash = (text: string) => `<${text.length}:${text}>`

const CHANGES: Array<Partial<SealedFacts>> = [
  { customerId: 'cust2' },
  { transactionId: 'vatx2' },
  { kind: 'purchase_grant' },
  { actor: 'somebody' },
  { reason: 'ZD-2' },
  { reason: null },
  { requestId: null },
  { purchaseId: 'purch1' },
  { storeTransactionId: 'tx1' },
  { reversesTransactionId: 'vatx0' },
  { operationId: 'xfer1' },
  { createdAt: 1_001 },
  { postings: [POSTINGS[1], POSTINGS[0]] },
  { newLots: [lot('lot1', 30), lot('lot2', 20, { expiresAt: 9_001 })] },
  { newLots: [lot('lot1', 30)] },
  { draws: [{ lotId: 'lot0', amount: 1 }] },
]

test.each(CHANGES)('the text of a transaction is another one with %j', (change) => {
  expect(canonicalText(EMPTY_CHAIN, { ...FACTS, ...change })).not.toBe(canonicalText(EMPTY_CHAIN, FACTS))
})

test('the text is the same in whatever order lots and draws were read, and whatever remains of a lot by now', () => {
  const draws = [
    { lotId: 'a', amount: 1 },
    { lotId: 'b', amount: 2 },
  ]
  const one = canonicalText(EMPTY_CHAIN, { ...FACTS, draws })
  const newLots = [...FACTS.newLots].reverse().map((made) => ({ ...made, remaining: 0 }))
  expect(canonicalText(EMPTY_CHAIN, { ...FACTS, newLots, draws: [...draws].reverse() })).toBe(one)
})

test('its form is fixed: another one would break every chain that exists', () => {
  expect(canonicalText(EMPTY_CHAIN, { ...FACTS, newLots: [lot('l', 50)] })).toBe(
    '["purser-ledger-1",1,"","cust1","vatx1","admin_adjust","admin","ZD-1","req1",null,null,null,1000,' +
      '[["issued_by_operator","CRD",-50],["wallet","CRD",50]],[["l","CRD","operator",null,null,50,null,0]],[]]',
  )
})

/** A sound ledger: a grant of 50 in two lots, and 30 of it spent. */
function soundLedger(): { rows: LedgerRow[]; state: LedgerState } {
  const spend: SealedFacts = {
    ...FACTS,
    transactionId: 'vatx2',
    postings: POSTINGS.map((posting) => ({ ...posting, amount: posting.amount === 50 ? -30 : 30 })),
    newLots: [],
    draws: [
      { lotId: 'lot1', amount: 10 },
      { lotId: 'lot2', amount: 20 },
    ],
  }
  const first = { ...FACTS, ...nextLink(EMPTY_CHAIN, FACTS, hash) }
  const second = { ...spend, ...nextLink(first, spend, hash) }
  const state = {
    head: { sequence: 2, hash: second.hash },
    balances: [{ currency: 'CRD', balance: 20, owed: 0 }],
    lots: [lot('lot1', 20, { granted: 30 }), lot('lot2', 0, { granted: 20, expiresAt: 9_000 })],
    holds: [],
  }
  return { rows: [first, second], state }
}

function verify({ rows, state }: ReturnType<typeof soundLedger>) {
  const verifier = new LedgerVerifier('cust1', hash)
  for (const row of rows) verifier.read(row)
  return verifier.finish(state)
}

type Ledger = ReturnType<typeof soundLedger>
const first = ({ rows }: Ledger) => rows[0] as LedgerRow
const second = ({ rows }: Ledger) => rows[1] as LedgerRow

test('a sound ledger has no fault, and neither has an empty one', () => {
  expect(verify(soundLedger())).toBeNull()
  expect(verify({ rows: [], state: { head: EMPTY_CHAIN, balances: [], lots: [], holds: [] } })).toBeNull()
})

const DAMAGE: Array<[string, (ledger: Ledger) => void, string]> = [
  ['a changed reason', (it) => Object.assign(first(it), { reason: 'ZD-9' }), 'transaction vatx1'],
  ['a changed amount', (it) => Object.assign(first(it), { postings: [POSTINGS[0]] }), 'transaction vatx1'],
  ['a transaction cut out', (it) => it.rows.shift(), 'transaction vatx2'],
  ['a transaction cut off the end', (it) => it.rows.pop(), 'customer cust1'],
  ['two transactions in another order', (it) => it.rows.reverse(), 'transaction vatx2'],
  ['a transaction without its place', (it) => Object.assign(second(it), { sequence: 0 }), 'transaction vatx2'],
  ['a draw that was dropped', (it) => Object.assign(second(it), { draws: [] }), 'transaction vatx2'],
  ['a balance that was edited', (it) => Object.assign(it.state.balances[0] ?? {}, { balance: 21 }), 'balance CRD'],
  ['a debt that was edited', (it) => Object.assign(it.state.balances[0] ?? {}, { owed: 1 }), 'balance CRD'],
  ['a balance that was dropped', (it) => Object.assign(it.state, { balances: [] }), 'balance CRD'],
  ['a lot that was refilled', (it) => Object.assign(it.state.lots[0] ?? {}, { remaining: 30 }), 'lot lot1'],
  ['a lot that was dropped', (it) => Object.assign(it.state, { lots: it.state.lots.slice(0, 1) }), 'customer cust1'],
  ['another end of the chain', (it) => Object.assign(it.state.head, { hash: 'x' }), 'customer cust1'],
]

test.each(DAMAGE)('%s is found, and the row is named', (_name, damage, row) => {
  const ledger = soundLedger()
  damage(ledger)
  expect(verify(ledger)?.row).toBe(row)
})

test('a history written anew with right sums and right hashes still ends elsewhere than the customer says', () => {
  const ledger = soundLedger()
  const forged = { ...FACTS, reason: 'ZD-9' }
  ledger.rows = [{ ...forged, ...nextLink(EMPTY_CHAIN, forged, hash) }]
  expect(verify(ledger)?.row).toBe('customer cust1')
})
