import type { EventFacts, EventFields, OutboxEvent } from './event-facts.ts'
import { appField, wireWord } from './field-values.ts'
import { personFields } from './person-fields.ts'

/** What is kept of a transaction of the ledger. */
type Kept = {
  transactionId?: string
  source?: 'in_app_purchase' | 'admin_api' | 'developer_api'
  storeTransactionId?: string | null
  adjustments?: ReadonlyArray<{ currency: string; amount: number }>
}

/**
 * A change of balances. What names a charge is absent when none was behind it: an operator's change, or units that
 * lapsed. RevenueCat webhooks, VIRTUAL_CURRENCY_TRANSACTION.
 */
export function currencyTransactionFields({ data }: OutboxEvent, facts: EventFacts): EventFields {
  const kept: Kept = data
  return {
    ...appField(facts.charge?.appId),
    ...personFields(facts.person),
    adjustments: (kept.adjustments ?? []).map(({ currency, amount }) => ({
      amount,
      currency: currencyFields(currency, facts),
    })),
    ...chargeFields(facts, kept.storeTransactionId ?? null),
    // RevenueCat has no word for its developer API, of which it tells nothing.
    source: kept.source === 'developer_api' ? 'admin_api' : (kept.source ?? null),
    virtual_currency_transaction_id: kept.transactionId ?? null,
  }
}

function currencyFields(code: string, { currencies }: EventFacts): EventFields {
  const currency = currencies.get(code)
  return { code, name: currency?.name ?? code, description: currency?.description ?? null }
}

function chargeFields({ charge, products }: EventFacts, storeTransactionId: string | null): EventFields {
  if (charge === null) return {}
  const product = products.get(charge.productId)
  return {
    product_id: product?.storeProductId ?? charge.productId,
    product_display_name: product?.displayName ?? null,
    purchase_environment: wireWord(charge.environment),
    store: wireWord(charge.store),
    transaction_id: storeTransactionId,
  }
}
