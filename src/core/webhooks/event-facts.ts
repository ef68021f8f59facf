import type { Product } from '../catalog/catalog.ts'
import type { Attributes } from '../customers/attributes.ts'
import type { CustomerAlias } from '../customers/customer.ts'
import type { EventType } from '../events/event.ts'
import type { Store } from '../projects/project.ts'
import type { Environment } from '../purchases/purchase.ts'
import type { PresentedContext } from '../purchases/receipt-facts.ts'

/** The customer as events show them. */
export type EventPerson = {
  originalAppUserId: string
  aliases: readonly CustomerAlias[]
  attributes: Attributes
  /** ISO 3166-1 alpha-2; null while no app has told it. */
  country: string | null
}

/** An event of the outbox. `webhookId` is the UUID by which receivers know it again. */
export type OutboxEvent = {
  webhookId: string
  type: EventType
  occurredAt: number
  data: Readonly<Record<string, unknown>>
}

/** What a body says beyond the event's own data, as it is when the body is made. */
export type EventFacts = {
  person: EventPerson
  products: ReadonlyMap<string, Product>
  /** All currencies by code, the archived ones included. */
  currencies: ReadonlyMap<string, { name: string; description: string | null }>
  /** The charge that an event is about, where its own data names only the purchase. */
  charge: { appId: string; store: Store; environment: Environment; productId: string } | null
  /** Where the purchase of the event was shown to its buyer; null while no app told that. */
  presented: PresentedContext | null
}

/** Fields of an event as receivers get them, in the order in which they are written. */
export type EventFields = Readonly<Record<string, unknown>>
