import type { Tx } from '../usecases/ports.ts'
import type { Announce } from './announce.ts'
import { catalogRows } from './catalog-rows.ts'
import { customerRows } from './customers.ts'
import { deviceRows } from './devices.ts'
import { eventRows } from './events.ts'
import { holdRows } from './holds.ts'
import { idempotencyRows } from './idempotency.ts'
import { projectRows } from './projects.ts'
import { publishedRows } from './published-envelopes.ts'
import { purchaseRows } from './purchases.ts'
import { realtimeTokenRows } from './realtime-tokens.ts'
import type { Query } from './statement.ts'
import { usageRows } from './usage.ts'
import { walletRows } from './wallet.ts'

/** The tables as one transaction sees them. */
export function createTx(query: Query, newEventId: () => string, announce: Announce): Tx {
  return {
    projects: projectRows(query),
    catalog: catalogRows(query),
    customers: customerRows(query),
    purchases: purchaseRows(query),
    wallet: walletRows(query),
    holds: holdRows(query),
    idempotency: idempotencyRows(query),
    events: eventRows(query, newEventId, announce),
    usage: usageRows(query),
    realtimeTokens: realtimeTokenRows(query),
    published: publishedRows(query),
    devices: deviceRows(query),
  }
}
