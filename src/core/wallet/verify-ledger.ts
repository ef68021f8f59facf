import { type ChainHead, type ChainLink, canonicalText, EMPTY_CHAIN, type SealedFacts } from './chain.ts'
import { type Hold, heldOf } from './hold.ts'
import type { Lot } from './wallet.ts'

/** A transaction as its rows say, with its place in the chain. */
export type LedgerRow = SealedFacts & ChainLink

/** What is kept of a customer beside the transactions. */
export type LedgerState = {
  head: ChainHead
  balances: ReadonlyArray<{ currency: string; balance: number; owed: number }>
  lots: readonly Lot[]
  holds: readonly Hold[]
}

/** The first thing that is not true, and the row that says so. */
export type LedgerFault = { customerId: string; row: string; problem: string }

/**
 * Computes one customer's ledger again from its rows, transaction by transaction in their order. Knows nothing of how
 * they came about: only what must be true of them together. Tells the first fault, since those after it may follow
 * from it.
 */
export class LedgerVerifier {
  fault: LedgerFault | null = null
  #head: ChainHead = EMPTY_CHAIN
  readonly #totals = new Map<string, number>()
  readonly #drawn = new Map<string, number>()
  readonly #made = new Map<string, Omit<Lot, 'remaining'>>()
  readonly #customerId: string
  readonly #hash: (text: string) => string

  constructor(customerId: string, hash: (text: string) => string) {
    this.#customerId = customerId
    this.#hash = hash
  }

  read(row: LedgerRow): void {
    const at = `transaction ${row.transactionId}`
    this.#check(sumsToZero(row), at, 'its postings do not sum to zero')
    this.#checkLink(row, at)
    for (const { account, currency, amount } of row.postings) {
      const key = `${account} ${currency}`
      this.#totals.set(key, (this.#totals.get(key) ?? 0) + amount)
    }
    for (const lot of row.newLots) this.#made.set(lot.lotId, lot)
    for (const { lotId, amount } of row.draws) {
      this.#check(this.#made.has(lotId), at, `it draws on lot ${lotId}, which no earlier transaction made`)
      this.#drawn.set(lotId, (this.#drawn.get(lotId) ?? 0) + amount)
    }
  }

  /** Compares what the transactions add up to with what is kept. */
  finish({ head, balances, lots, holds }: LedgerState): LedgerFault | null {
    this.#check(
      head.sequence === this.#head.sequence && head.hash === this.#head.hash,
      `customer ${this.#customerId}`,
      `the chain ends at ${this.#head.sequence}, and the customer says ${head.sequence}: transactions were cut off or added`,
    )
    for (const lot of lots) this.#checkLot(lot)
    this.#check(lots.length === this.#made.size, `customer ${this.#customerId}`, 'a lot is missing')
    const left = sumBy(lots, (lot) => lot.remaining)
    const kept = sumBy(holds, heldOf)
    const currencies = new Set([...balances.map(({ currency }) => currency), ...left.keys(), ...kept.keys()])
    for (const key of this.#totals.keys()) currencies.add(key.slice(key.indexOf(' ') + 1))
    for (const currency of currencies) {
      const said = balances.find((balance) => balance.currency === currency) ?? { balance: 0, owed: 0 }
      const at = `balance ${currency}`
      this.#equal(said.balance, this.#total('wallet', currency), at, 'the postings to the wallet')
      this.#equal(said.balance, left.get(currency) ?? 0, at, 'what remains in the lots')
      this.#equal(said.owed, -this.#total('owed', currency), at, 'the postings to what is owed')
      this.#equal(
        kept.get(currency) ?? 0,
        this.#total('held', currency),
        `holds ${currency}`,
        'the postings to what is held',
      )
    }
    return this.fault
  }

  #checkLink(row: LedgerRow, at: string): void {
    this.#check(row.sequence > 0, at, 'it has no place in the chain: it was slipped in, or is older than the chain')
    const { sequence, hash } = this.#head
    this.#check(
      row.sequence === sequence + 1,
      at,
      `number ${sequence + 1} of the chain should be here, not ${row.sequence}`,
    )
    this.#check(row.previousHash === hash, at, 'it does not follow from the transaction before it')
    this.#check(
      row.hash === this.#hash(canonicalText(this.#head, row)),
      at,
      'its rows were changed: the hash is another',
    )
    this.#head = { sequence: row.sequence, hash: row.hash }
  }

  #checkLot(lot: Lot): void {
    const drawn = this.#drawn.get(lot.lotId) ?? 0
    const at = `lot ${lot.lotId}`
    this.#check(this.#made.has(lot.lotId), at, 'no transaction made it')
    this.#equal(lot.remaining, lot.granted - drawn, at, 'what was drawn leaves')
    this.#check(
      lot.remaining >= 0 && lot.remaining <= lot.granted,
      at,
      'it holds less than nothing or more than was granted',
    )
  }

  #total(account: string, currency: string): number {
    return this.#totals.get(`${account} ${currency}`) ?? 0
  }

  #equal(said: number, computed: number, row: string, what: string): void {
    this.#check(said === computed || (said === 0 && computed === 0), row, `it says ${said}; ${what}: ${computed}`)
  }

  #check(isTrue: boolean, row: string, problem: string): void {
    if (!isTrue && this.fault === null) this.fault = { customerId: this.#customerId, row, problem }
  }
}

function sumsToZero({ postings }: LedgerRow): boolean {
  const sums = new Map<string, number>()
  for (const { currency, amount } of postings) sums.set(currency, (sums.get(currency) ?? 0) + amount)
  return postings.length > 0 && [...sums.values()].every((sum) => sum === 0)
}

function sumBy<Item extends { currency: string }>(
  items: readonly Item[],
  amountOf: (item: Item) => number,
): Map<string, number> {
  const sums = new Map<string, number>()
  for (const item of items) sums.set(item.currency, (sums.get(item.currency) ?? 0) + amountOf(item))
  return sums
}
