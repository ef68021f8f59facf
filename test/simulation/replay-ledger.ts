import { createHash } from 'node:crypto'
import type { CustomerRow, DrawRow, LedgerRows, LotRow, PostingRow, TransactionRow } from './ledger-rows.ts'
import { CAP } from './shop-fixture.ts'

/** Where a transaction stands: in whose ledger, as which, and what the balances were right after it. */
export type Place = {
  customerId: string
  sequence: number
  row: TransactionRow
  moved: Map<string, number>
  paid: Map<string, number>
  after: Map<string, number>
}

export type Replay = { places: Map<string, Place>; faults: string[] }

/** Takes units out of lots in the order of spending; all that a customer or an operator takes goes this way. */
const SPENDING = new Set(['admin_adjust', 'api_adjust', 'consume', 'hold'])

/**
 * Does everything in the ledgers again by the simplest rules there are: one customer after the other, from the first
 * transaction on, with sums and a list of lots. Tells what is not as it should be.
 */
export function replayLedgers(rows: LedgerRows): Replay {
  const replay: Replay = { places: new Map(), faults: [] }
  const index = {
    postings: Map.groupBy(rows.postings, (row) => row.transaction_id),
    draws: Map.groupBy(rows.draws, (row) => row.transaction_id),
    lots: Map.groupBy(rows.lots, (row) => row.transaction_id),
  }
  const byCustomer = Map.groupBy(rows.transactions, (row) => row.customer_id)
  for (const customer of rows.customers) {
    const ledger = new Ledger(customer, replay)
    for (const row of byCustomer.get(customer.customer_id) ?? []) {
      const { transaction_id: id } = row
      ledger.add(row, index.postings.get(id) ?? [], index.lots.get(id) ?? [], index.draws.get(id) ?? [])
    }
    ledger.finish(rows)
  }
  return replay
}

/** One customer's ledger while it is done again. */
class Ledger {
  readonly #customer: CustomerRow
  readonly #replay: Replay
  readonly #sums = new Map<string, number>()
  readonly #lots = new Map<string, LotRow & { left: number }>()
  #sequence = 0
  #hash = ''
  #at = ''

  constructor(customer: CustomerRow, replay: Replay) {
    this.#customer = customer
    this.#replay = replay
  }

  add(row: TransactionRow, postings: PostingRow[], newLots: LotRow[], draws: DrawRow[]): void {
    this.#at = `${row.kind} ${row.transaction_id} (${row.request_id})`
    this.#checkLink(row, postings, newLots, draws)
    if (row.kind !== 'expire') this.#check(this.#lapsed(row).length === 0, 'was decided while lapsed units were there')
    const moved = sumBy(postings.filter(({ account }) => account === 'wallet'))
    const paid = sumBy(postings.filter(({ account }) => account === 'owed'))
    if (SPENDING.has(row.kind)) this.#checkSpending(moved, draws)
    for (const lot of newLots) this.#lots.set(lot.lot_id, { ...lot, left: lot.granted })
    for (const draw of draws) this.#draw(row, draw)
    for (const { account, currency, amount } of postings) this.#post(account, currency, amount)
    for (const [currency, amount] of sumBy(postings)) this.#check(amount === 0, `does not sum to zero in ${currency}`)
    this.#check(postings.length > 0, 'has no postings')
    for (const currency of new Set(postings.map((posting) => posting.currency))) this.#checkSums(currency)
    this.#check(row.kind !== 'expire' || this.#lapsed(row).length === 0, 'left lapsed units')
    const after = new Map(
      [...this.#sums].filter(([key]) => key.startsWith('wallet ')).map(([key, sum]) => [key.slice(7), sum]),
    )
    this.#replay.places.set(row.transaction_id, {
      customerId: row.customer_id,
      sequence: row.sequence,
      row,
      moved,
      paid,
      after,
    })
  }

  /** Compares what came out with what the tables say at the end. */
  finish({ balances, lots, holds }: LedgerRows): void {
    const { customer_id: id } = this.#customer
    this.#at = `customer ${id}`
    const isMine = (row: { customer_id: string }) => row.customer_id === id
    this.#check(this.#customer.ledger_sequence === this.#sequence, 'says that the chain ends elsewhere')
    this.#check(this.#customer.ledger_hash === this.#hash, 'says another hash of the end of the chain')
    const mine = balances.filter(isMine)
    const currencies = new Set([...this.#sums.keys()].map((key) => key.slice(key.indexOf(' ') + 1)))
    for (const currency of [...currencies, ...mine.map((row) => row.currency)]) {
      const row = mine.find((balance) => balance.currency === currency)
      this.#check((row?.balance ?? 0) === this.#sum('wallet', currency), `has another balance of ${currency}`)
      this.#check((row?.owed ?? 0) === -this.#sum('owed', currency), `owes something else of ${currency}`)
      const kept = holds.filter((hold) => isMine(hold) && hold.currency === currency && hold.status === 'open')
      const held = kept.reduce((sum, hold) => sum + hold.authorised - hold.captured, 0)
      this.#check(held === this.#sum('held', currency), `has holds that keep something else of ${currency}`)
    }
    for (const lot of lots.filter(isMine)) {
      this.#check(this.#lots.get(lot.lot_id)?.left === lot.remaining, `has something else in lot ${lot.lot_id}`)
    }
  }

  #checkLink(row: TransactionRow, postings: PostingRow[], newLots: LotRow[], draws: DrawRow[]): void {
    this.#check(row.sequence === this.#sequence + 1, `is number ${row.sequence} after ${this.#sequence}`)
    this.#check(row.previous_hash === this.#hash, 'does not follow from the one before')
    const said = [
      'purser-ledger-1',
      ...[
        row.sequence,
        this.#hash,
        row.customer_id,
        row.transaction_id,
        row.kind,
        row.actor,
        row.reason,
        row.request_id,
      ],
      ...[row.purchase_id, row.store_transaction_id, row.reverses_transaction_id, row.created_at],
      postings.map(({ account, currency, amount }) => [account, currency, amount]),
      byLotId(newLots).map((lot) => [
        ...[lot.lot_id, lot.currency, lot.source, lot.purchase_id, lot.origin_lot_id],
        ...[lot.granted, lot.expires_at, lot.created_at],
      ]),
      byLotId(draws).map((draw) => [draw.lot_id, draw.amount]),
      ...(row.operation_id === null ? [] : [row.operation_id]),
    ]
    const hash = createHash('sha256').update(JSON.stringify(said)).digest('hex')
    this.#check(row.hash === hash, 'has another hash')
    this.#sequence = row.sequence
    this.#hash = row.hash
  }

  /** What lapses soonest goes first, then what is oldest. */
  #checkSpending(moved: ReadonlyMap<string, number>, draws: DrawRow[]): void {
    for (const [currency, amount] of moved) {
      let left = -amount
      for (const lot of this.#open(currency)) {
        const expected = Math.max(0, Math.min(left, lot.left))
        const drawn = draws.find((draw) => draw.lot_id === lot.lot_id)?.amount ?? 0
        this.#check(drawn === expected, `took ${drawn} out of lot ${lot.lot_id}, and it was the turn of ${expected}`)
        left -= expected
      }
    }
  }

  #open(currency: string) {
    const end = (lot: LotRow) => lot.expires_at ?? Number.POSITIVE_INFINITY
    return [...this.#lots.values()]
      .filter((lot) => lot.currency === currency && lot.left > 0)
      .sort(
        (one, other) =>
          (end(one) === end(other) ? 0 : end(one) - end(other)) ||
          one.created_at - other.created_at ||
          (one.lot_id < other.lot_id ? -1 : 1),
      )
  }

  /** Lots that are over and hold something, but for those of a charge that came so late that they were over at once. */
  #lapsed({ created_at: at }: TransactionRow) {
    const isOver = (lot: LotRow) => lot.expires_at !== null && lot.expires_at <= at && lot.created_at < at
    return [...this.#lots.values()].filter((lot) => lot.left > 0 && isOver(lot))
  }

  #draw(row: TransactionRow, { lot_id, amount }: DrawRow): void {
    const lot = this.#lots.get(lot_id)
    this.#check(lot !== undefined, `draws on lot ${lot_id}, which is not there`)
    if (lot === undefined) return
    const isOver = lot.expires_at !== null && lot.expires_at <= row.created_at
    this.#check(isOver === (row.kind === 'expire'), `draws on lot ${lot_id}, which ${isOver ? 'is' : 'is not'} over`)
    lot.left -= amount
    this.#check(lot.left >= 0 && lot.left <= lot.granted, `leaves ${lot.left} of ${lot.granted} in lot ${lot_id}`)
  }

  #post(account: string, currency: string, amount: number): void {
    this.#sums.set(`${account} ${currency}`, this.#sum(account, currency) + amount)
  }

  #checkSums(currency: string): void {
    const balance = this.#sum('wallet', currency)
    const inLots = this.#open(currency).reduce((sum, lot) => sum + lot.left, 0)
    this.#check(balance >= 0 && balance <= CAP, `leaves a balance of ${balance} ${currency}`)
    this.#check(balance === inLots, `leaves ${balance} ${currency} and lots with ${inLots}`)
    this.#check(this.#sum('owed', currency) <= 0, `leaves a negative debt of ${currency}`)
    this.#check(this.#sum('held', currency) >= 0, `leaves fewer than no units of ${currency} held`)
  }

  #sum(account: string, currency: string): number {
    return this.#sums.get(`${account} ${currency}`) ?? 0
  }

  #check(isTrue: boolean, problem: string): void {
    if (!isTrue) this.#replay.faults.push(`${this.#at} ${problem}`)
  }
}

function sumBy(postings: readonly PostingRow[]): Map<string, number> {
  const sums = new Map<string, number>()
  for (const { currency, amount } of postings) sums.set(currency, (sums.get(currency) ?? 0) + amount)
  return sums
}

function byLotId<Row extends { lot_id: string }>(rows: readonly Row[]): Row[] {
  return [...rows].sort((one, other) => (one.lot_id < other.lot_id ? -1 : 1))
}
