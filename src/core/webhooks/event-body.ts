import type { EventType } from '../events/event.ts'
import { currencyTransactionFields } from './currency-transaction-fields.ts'
import type { EventFacts, EventFields, OutboxEvent } from './event-facts.ts'
import { personFields } from './person-fields.ts'
import { purchaseFields } from './purchase-fields.ts'
import { redeemedFields } from './redeemed-fields.ts'
import { transferFields } from './transfer-fields.ts'

const API_VERSION = '1.0'

/**
 * The text of the request that tells an event. RevenueCat webhooks, event types and fields; the order of the fields is
 * that of its samples.
 */
export function eventBody(event: OutboxEvent, facts: EventFacts): string {
  return bodyText({
    type: event.type,
    id: event.webhookId,
    ...ownFields(event, facts),
    event_timestamp_ms: event.occurredAt,
  })
}

/** Events travel one by one, each in an envelope that names the version of the format. */
export function bodyText(event: EventFields): string {
  return JSON.stringify({ api_version: API_VERSION, event })
}

function ownFields(event: OutboxEvent, facts: EventFacts): EventFields {
  const about: Partial<Record<EventType, (event: OutboxEvent, facts: EventFacts) => EventFields>> = {
    TRANSFER: transferFields,
    PURCHASE_REDEEMED: redeemedFields,
    VIRTUAL_CURRENCY_TRANSACTION: currencyTransactionFields,
  }
  const fields = about[event.type]
  if (fields !== undefined) return fields(event, facts)
  return { ...purchaseFields(event, facts), ...personFields(facts.person) }
}
