import type { Catalog, Product } from '../../core/catalog/catalog.ts'
import { parseAppUserId } from '../../core/customers/app-user-id.ts'
import type { ChainKey } from '../../core/incoming/envelope.ts'
import { findToldProduct } from '../../core/incoming/find-told-product.ts'
import { foldChain, type ToldChain } from '../../core/incoming/fold-chain.ts'
import { factFromEvent, type PurchaseFact } from '../../core/incoming/purchase-fact.ts'
import { ownerOf, type ToldOwner } from '../../core/incoming/told-owner.ts'
import type { ChargeProducts } from '../../core/incoming/told-snapshot.ts'
import { isMoveOf, moveFromEvent, type TransferMove } from '../../core/incoming/transfer-move.ts'
import type { IncomingEvent, IncomingVerdict } from '../ports/incoming.ts'
import type { Tx } from '../ports.ts'
import { parked } from './verdicts.ts'

/** Transfers in a row that are followed; people change accounts a few times. */
const MOVES_FOLLOWED_MAX = 20

/** All that is told of one chain. `settled` is null when no event of it can be used. */
export type ReadChain = {
  /** Events that were not applied before, and can be now. */
  news: IncomingEvent[]
  /** Events that cannot be used, with why. */
  unusable: Array<{ event: IncomingEvent; verdict: IncomingVerdict }>
  settled: { before: ToldChain | null; after: ToldChain; owner: ToldOwner; products: ChargeProducts } | null
}

/** Reads a chain's events, which stay locked until the end of the transaction, and folds them. */
export async function readChain(tx: Tx, catalog: Catalog, projectId: string, key: ChainKey): Promise<ReadChain> {
  const events = await tx.incoming.lockChain(projectId, key)
  const judged = events.map((event) => ({ event, judgement: judge(event, catalog, key) }))
  const unusable = judged.flatMap(({ event, judgement }) => ('verdict' in judgement ? [{ event, ...judgement }] : []))
  const usable = judged.flatMap(({ event, judgement }) =>
    'fact' in judgement ? [{ event, fact: judgement.fact }] : [],
  )
  const facts = usable.map(({ fact }) => fact)
  const applied = usable.filter(({ event }) => event.status === 'applied').map(({ fact }) => fact)
  const news = usable.filter(({ event }) => event.status !== 'applied').map(({ event }) => event)
  const owner = ownerOf(facts, await movesOf(tx, projectId, key, facts))
  const after = foldChain(facts)
  if (after === null || owner === null) return { news, unusable, settled: null }
  return {
    news,
    unusable,
    settled: { before: foldChain(applied), after, owner, products: productsOf(after, catalog, key) },
  }
}

function judge(
  event: IncomingEvent,
  catalog: Catalog,
  key: ChainKey,
): { fact: PurchaseFact } | { verdict: IncomingVerdict } {
  const read = factFromEvent(event.body, event.eventId, event.toldAt)
  if (!read.ok) return { verdict: parked(read.refusal.code, read.refusal.problem) }
  const fact = read.value
  if (!parseAppUserId(fact.appUserId).ok) {
    return { verdict: parked('app_user_id_invalid', 'app_user_id is not the id of a person') }
  }
  if (findToldProduct(catalog, { ...fact, store: key.store }) !== null) return { fact }
  const problem = `the project has no product ${fact.storeProductId} of ${key.store}, or more than one`
  return { verdict: parked('product_unknown', problem) }
}

/** Transfers of whoever had the chain, and of whoever got it by one of them. */
async function movesOf(
  tx: Tx,
  projectId: string,
  key: ChainKey,
  facts: readonly PurchaseFact[],
): Promise<TransferMove[]> {
  const names = new Set(facts.flatMap((fact) => fact.names))
  let moves: TransferMove[] = []
  for (let follow = 0; follow < MOVES_FOLLOWED_MAX; follow++) {
    const known = names.size
    const events = await tx.incoming.transfersFrom(projectId, [...names])
    moves = events
      .map((event) => moveFromEvent(event.body, event.eventId, event.toldAt))
      .filter((move) => isMoveOf(move, key))
    for (const move of moves) for (const name of move.to) names.add(name)
    if (names.size === known) break
  }
  return moves
}

function productsOf({ charges }: ToldChain, catalog: Catalog, { store }: ChainKey): ChargeProducts {
  const found = charges.map((charge): [string, Product | null] => [
    charge.storeTransactionId,
    findToldProduct(catalog, { ...charge, store }),
  ])
  return new Map(found.flatMap(([id, product]) => (product === null ? [] : [[id, product] as const])))
}
