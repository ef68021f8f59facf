import type { Clock } from '../core/lib/clock.ts'
import type { Reads } from '../usecases/ports.ts'
import { approvalReads } from './approvals.ts'
import { listAttributes } from './attributes.ts'
import { bulkReads } from './bulk.ts'
import { readCatalog } from './catalog.ts'
import { cachedCatalogs } from './catalog-cache.ts'
import { listCurrencies } from './catalog-currencies.ts'
import { creditIntentReads } from './credit-intents.ts'
import { customerCenterReads } from './customer-center.ts'
import { customerRuleReads } from './customer-rules.ts'
import { customerSearch } from './customer-search.ts'
import { readCustomerViews } from './customer-views.ts'
import { findCustomer, listAliases, setCustomerCountry, touchCustomer } from './customers.ts'
import { deviceReads } from './devices.ts'
import { entitlementGrantReads } from './entitlement-grants.ts'
import { eventFeedReads } from './event-feed.ts'
import { holdReads } from './holds.ts'
import { incomingReads } from './incoming-events.ts'
import { ledgerReads } from './ledger.ts'
import { operatorReads } from './operators.ts'
import { ownershipReads } from './ownership.ts'
import { projectReads } from './projects.ts'
import { publishedReads } from './published-envelopes.ts'
import { purchaseReads } from './purchases.ts'
import { realtimeReads } from './realtime-tokens.ts'
import type { Query } from './statement.ts'
import { usageReads } from './usage.ts'
import { walletReads } from './wallet.ts'
import { webhookDeliveryReads } from './webhook-deliveries.ts'
import { webhookEndpointReads } from './webhook-endpoints.ts'

/** The tables as they are now, outside any transaction. */
export function createReads(query: Query, clock: Clock): Reads {
  return {
    projects: projectReads(query),
    catalog: { ...cachedCatalogs(readCatalog(query), clock), currencies: listCurrencies(query) },
    customers: {
      view: readCustomerViews(query, clock),
      findByAppUserId: findCustomer(query),
      attributes: listAttributes(query),
      aliases: listAliases(query),
      touch: touchCustomer(query),
      setCountry: setCustomerCountry(query),
    },
    purchases: purchaseReads(query),
    entitlementGrants: entitlementGrantReads(query),
    ownership: ownershipReads(query),
    customerRules: customerRuleReads(query),
    wallet: walletReads(query, clock),
    ledger: ledgerReads(query),
    customerSearch: customerSearch(query),
    holds: holdReads(query),
    bulk: bulkReads(query),
    usage: usageReads(query),
    incoming: incomingReads(query),
    operators: operatorReads(query),
    approvals: approvalReads(query),
    creditIntents: creditIntentReads(query),
    realtimeTokens: realtimeReads(query),
    published: publishedReads(query),
    eventFeed: eventFeedReads(query),
    devices: deviceReads(query),
    webhookEndpoints: webhookEndpointReads(query),
    webhookDeliveries: webhookDeliveryReads(query),
    customerCenters: customerCenterReads(query),
  }
}
