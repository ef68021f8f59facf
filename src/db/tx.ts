import type { Tx } from '../usecases/ports.ts'
import type { Announce } from './announce.ts'
import { catalogRows } from './catalog-rows.ts'
import { customerRows } from './customers.ts'
import { eventRows } from './events.ts'
import { idempotencyRows } from './idempotency.ts'
import { projectRows } from './projects.ts'
import { purchaseRows } from './purchases.ts'
import { realtimeTokenRows } from './realtime-tokens.ts'
import type { Query } from './statement.ts'
import { walletRows } from './wallet.ts'

/** The tables as one transaction sees them. */
export function createTx(query: Query, newEventId: () => string, announce: Announce): Tx {
  return {
    projects: projectRows(query),
    catalog: catalogRows(query),
    customers: customerRows(query),
    purchases: purchaseRows(query),
    wallet: walletRows(query),
    idempotency: idempotencyRows(query),
    events: eventRows(query, newEventId, announce),
    realtimeTokens: realtimeTokenRows(query),
  }
}
