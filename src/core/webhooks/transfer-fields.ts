import type { EventFacts, EventFields, OutboxEvent } from './event-facts.ts'
import { appField, wireWord } from './field-values.ts'

/** What is kept of a purchase that changed hands. */
type Kept = {
  appId?: string
  store?: string
  environment?: string
  transferredFrom?: readonly string[]
  transferredTo?: readonly string[]
}

/** A purchase that changed hands. It names the customers by all their ids and has no customer fields. RevenueCat webhooks, TRANSFER. */
export function transferFields({ data }: OutboxEvent, { charge }: EventFacts): EventFields {
  const kept: Kept = data
  return {
    ...appField(kept.appId ?? charge?.appId),
    store: wireWord(kept.store),
    environment: wireWord(kept.environment),
    transferred_from: kept.transferredFrom ?? [],
    transferred_to: kept.transferredTo ?? [],
  }
}
