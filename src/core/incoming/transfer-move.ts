import type { Store } from '../projects/project.ts'
import type { Environment } from '../purchases/purchase.ts'
import type { ChainKey } from './envelope.ts'
import { environmentFromWire, storeFromWire } from './store-names.ts'
import type { Move } from './told-owner.ts'
import { isRecord, textList } from './wire-fields.ts'

/** A `TRANSFER` with what it is about: purchases of one store, or of all when it names none. */
export type TransferMove = Move & { store: Store | null; environment: Environment | null }

export function moveFromEvent(body: unknown, eventId: string, toldAt: number): TransferMove {
  const event = isRecord(body) && isRecord(body.event) ? body.event : {}
  return {
    eventId,
    type: 'TRANSFER',
    toldAt,
    from: textList(event.transferred_from),
    to: textList(event.transferred_to),
    store: storeFromWire(event.store),
    environment: environmentFromWire(event.environment),
  }
}

export function isMoveOf(move: TransferMove, { store, environment }: Pick<ChainKey, 'store' | 'environment'>): boolean {
  return (move.store === null || move.store === store) && move.environment === environment
}
