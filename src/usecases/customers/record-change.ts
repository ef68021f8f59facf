import type { Customer } from '../../core/customers/customer.ts'
import type { ChangeCause, ChangeKind, DomainEvent } from '../../core/events/event.ts'
import type { PublishedEnvelope } from '../../core/events/published-envelope.ts'
import type { Tx } from '../ports.ts'

export type RecordedChange = {
  kinds: readonly ChangeKind[]
  cause: ChangeCause
  events: readonly DomainEvent[]
  /** Codes of the currencies whose balance changed. */
  currencies?: readonly string[]
  absorbedCustomerId?: string
  /** The message of a `custom` change. */
  published?: PublishedEnvelope
  now: number
}

/**
 * Closes a change of a customer: raises the revision by one, writes the customer and its events in the same
 * transaction, and has the change announced after commit. Called once per customer and transaction.
 */
export async function recordChange(
  tx: { customers: Pick<Tx['customers'], 'update'>; events: Tx['events'] },
  customer: Customer,
  change: RecordedChange,
): Promise<Customer> {
  const next: Customer = { ...customer, revision: customer.revision + 1 }
  const currencies = change.currencies ?? []
  await Promise.all([
    tx.customers.update(next),
    tx.events.append(
      next,
      {
        projectId: next.projectId,
        customerId: next.customerId,
        revision: next.revision,
        kinds: change.kinds,
        cause: change.cause,
        currency: currencies.length === 1 ? (currencies[0] ?? null) : null,
        occurredAt: change.now,
        absorbedCustomerId: change.absorbedCustomerId ?? null,
        ...(change.published !== undefined && { published: change.published }),
      },
      change.events,
    ),
  ])
  return next
}
