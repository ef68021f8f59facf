import type { PurchaseFact } from './purchase-fact.ts'
import { inToldOrder } from './told-order.ts'

/** A `TRANSFER`: the purchases of one customer became those of another. */
export type Move = {
  eventId: string
  type: 'TRANSFER'
  toldAt: number
  from: readonly string[]
  to: readonly string[]
}

/** Who has a chain, by the preferred name and by all. */
export type ToldOwner = { appUserId: string; names: readonly string[] }

/**
 * Whose a chain is: of whom its events name, the last one told, unless a transfer told after it took the purchases of that
 * customer to another. Null when nothing is told.
 */
export function ownerOf(facts: readonly PurchaseFact[], moves: readonly Move[]): ToldOwner | null {
  let current: ToldOwner | null = null
  for (const word of inToldOrder<PurchaseFact | Move>([...facts, ...moves])) {
    if (word.type !== 'TRANSFER') current = { appUserId: word.appUserId, names: word.names }
    else if (current !== null) current = afterMove(current, word)
  }
  return current
}

function afterMove(owner: ToldOwner, { from, to }: Move): ToldOwner {
  const [appUserId] = to
  if (appUserId === undefined || !owner.names.some((name) => from.includes(name))) return owner
  return { appUserId, names: to }
}
