import type { LedgerTransaction } from './ledger-transaction.ts'
import type { Draw, Lot, Posting } from './wallet.ts'

/** Where a customer's chain ends. Sequences count from 1; before the first transaction there is nothing. */
export type ChainHead = { sequence: number; hash: string }

export const EMPTY_CHAIN: ChainHead = { sequence: 0, hash: '' }

/** What ties a transaction to the one before it. */
export type ChainLink = { sequence: number; previousHash: string; hash: string }

/** The parts of a transaction that never change, in whatever order they were read. */
export type SealedFacts = Omit<LedgerTransaction, 'changes'> & {
  customerId: string
  postings: readonly Posting[]
  newLots: ReadonlyArray<Omit<Lot, 'remaining'>>
  draws: readonly Draw[]
}

/** Names the form of the text, so that another form could be told apart. */
const FORM = 'purser-ledger-1'

/**
 * The text that a transaction's hash is made of: everything that it says and did, and the hash of the one before it. One
 * changed character anywhere in a ledger changes every hash from there on.
 */
export function canonicalText(previous: ChainHead, facts: SealedFacts): string {
  return JSON.stringify([
    FORM,
    previous.sequence + 1,
    previous.hash,
    facts.customerId,
    facts.transactionId,
    facts.kind,
    facts.actor,
    facts.reason,
    facts.requestId,
    facts.purchaseId,
    facts.storeTransactionId,
    facts.reversesTransactionId,
    facts.createdAt,
    facts.postings.map(({ account, currency, amount }) => [account, currency, amount]),
    byId(facts.newLots).map((lot) => [
      lot.lotId,
      lot.currency,
      lot.source,
      lot.purchaseId,
      lot.originLotId,
      lot.granted,
      lot.expiresAt,
      lot.createdAt,
    ]),
    byId(facts.draws).map(({ lotId, amount }) => [lotId, amount]),
    // Younger than the form: left out where there is none, so that older transactions keep their text.
    ...(facts.operationId === null ? [] : [facts.operationId]),
  ])
}

/** The facts of a transaction as it is about to be written. */
export function sealedFacts(customerId: string, { changes, ...facts }: LedgerTransaction): SealedFacts {
  return {
    ...facts,
    customerId,
    postings: changes.flatMap((change) => change.postings),
    newLots: changes.flatMap((change) => change.newLots),
    draws: changes.flatMap((change) => change.draws),
  }
}

export function nextLink(previous: ChainHead, facts: SealedFacts, hash: (text: string) => string): ChainLink {
  return {
    sequence: previous.sequence + 1,
    previousHash: previous.hash,
    hash: hash(canonicalText(previous, facts)),
  }
}

function byId<Item extends { lotId: string }>(items: readonly Item[]): Item[] {
  return [...items].sort((one, other) => (one.lotId < other.lotId ? -1 : 1))
}
