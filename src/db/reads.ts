import type { Clock } from '../core/lib/clock.ts'
import type { Reads } from '../usecases/ports.ts'
import { listAttributes } from './attributes.ts'
import { readCatalog } from './catalog.ts'
import { cachedCatalogs } from './catalog-cache.ts'
import { readCustomerViews } from './customer-views.ts'
import { findCustomer, listAliases, touchCustomer } from './customers.ts'
import { projectReads } from './projects.ts'
import { purchaseReads } from './purchases.ts'
import { findRealtimeToken } from './realtime-tokens.ts'
import type { Query } from './statement.ts'
import { readBalances } from './wallet.ts'

/** The tables as they are now, outside any transaction. */
export function createReads(query: Query, clock: Clock): Reads {
  return {
    projects: projectReads(query),
    catalog: { ofProject: cachedCatalogs(readCatalog(query), clock) },
    customers: {
      view: readCustomerViews(query),
      findByAppUserId: findCustomer(query),
      attributes: listAttributes(query),
      aliases: listAliases(query),
      touch: touchCustomer(query),
    },
    purchases: purchaseReads(query),
    wallet: { balances: readBalances(query) },
    realtimeTokens: { find: findRealtimeToken(query) },
  }
}
