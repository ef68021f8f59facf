import type { Tx } from '../usecases/ports.ts'
import type { Announce } from './announce.ts'
import { approvalRows } from './approvals.ts'
import { txBulk } from './bulk.ts'
import { catalogRows } from './catalog-rows.ts'
import { creditIntentRows } from './credit-intents.ts'
import { currencyPolicyRows } from './currency-policies.ts'
import { customerCenterRows } from './customer-center.ts'
import { customerRuleRows } from './customer-rules.ts'
import { customerRows } from './customers.ts'
import { deviceRows } from './devices.ts'
import { entitlementGrantRows } from './entitlement-grants.ts'
import { erasureRows } from './erasure.ts'
import { eventFeedRows } from './event-feed.ts'
import { eventRelayRows } from './event-relay.ts'
import { eventRows } from './events.ts'
import { holdRows } from './holds.ts'
import { idempotencyRows } from './idempotency.ts'
import { incomingRows } from './incoming-events.ts'
import { operatorRows } from './operators.ts'
import { ownershipRows } from './ownership.ts'
import { projectRows } from './projects.ts'
import { publishedRows } from './published-envelopes.ts'
import { purchaseRows } from './purchases.ts'
import { realtimeTokenRows } from './realtime-tokens.ts'
import { receiptFactRows } from './receipt-facts.ts'
import { redemptionRows } from './redemptions.ts'
import type { Query } from './statement.ts'
import { usageRows } from './usage.ts'
import { walletRows } from './wallet.ts'
import { ledgerIndexRows } from './wallet-references.ts'
import { webhookDeliveryRows } from './webhook-deliveries.ts'
import { webhookEndpointRows } from './webhook-endpoints.ts'

/** The tables as one transaction sees them. */
export function createTx(query: Query, newEventId: () => string, announce: Announce): Tx {
  return {
    projects: projectRows(query),
    catalog: catalogRows(query),
    currencyPolicies: currencyPolicyRows(query),
    customers: customerRows(query),
    purchases: purchaseRows(query),
    entitlementGrants: entitlementGrantRows(query),
    erasure: erasureRows(query),
    ownership: ownershipRows(query),
    customerRules: customerRuleRows(query),
    wallet: walletRows(query),
    ledgerIndex: ledgerIndexRows(query),
    holds: holdRows(query),
    bulk: txBulk(query),
    idempotency: idempotencyRows(query),
    events: eventRows(query, newEventId, announce),
    eventRelay: eventRelayRows(query),
    eventFeed: eventFeedRows(query),
    usage: usageRows(query),
    incoming: incomingRows(query),
    operators: operatorRows(query),
    approvals: approvalRows(query),
    creditIntents: creditIntentRows(query),
    realtimeTokens: realtimeTokenRows(query),
    published: publishedRows(query),
    devices: deviceRows(query),
    webhookEndpoints: webhookEndpointRows(query),
    webhookDeliveries: webhookDeliveryRows(query),
    receiptFacts: receiptFactRows(query),
    redemptions: redemptionRows(query),
    customerCenters: customerCenterRows(query),
  }
}
