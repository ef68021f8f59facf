import type { CustomerRef } from '../../core/customers/customer.ts'
import type { PresentedContext } from '../../core/purchases/receipt-facts.ts'
import type { EventFacts } from '../../core/webhooks/event-facts.ts'
import type { EventCharge, FoundPerson, WaitingEvent } from '../ports/event-relay.ts'
import type { Tx } from '../ports.ts'

/** What the body of an event needs beyond its data, and who it is about now. */
export type FoundFacts = { facts: EventFacts; customer: CustomerRef }

type ProjectFacts = Pick<EventFacts, 'products' | 'currencies'>

/** Reads what the bodies of many events need, together. Events of customers who were erased are missing. */
export async function loadEventFacts(tx: Tx, waiting: readonly WaitingEvent[]): Promise<Map<WaitingEvent, FoundFacts>> {
  const refs = new Map(waiting.map(({ customer }) => [customer.customerId, customer]))
  const people = await tx.eventRelay.people([...refs.values()])
  const [projects, charges, presented] = await Promise.all([
    loadProjects(tx, waiting),
    loadCharges(tx, waiting, people),
    loadPresented(tx, waiting),
  ])
  const found = new Map<WaitingEvent, FoundFacts>()
  for (const event of waiting) {
    const person = people.get(event.customer.customerId)
    const project = projects.get(event.customer.projectId)
    if (person === undefined || project === undefined) continue
    const about = {
      charge: charges.get(event) ?? null,
      presented: presented.get(String(event.data.purchaseId)) ?? null,
    }
    found.set(event, { facts: { person, ...project, ...about }, customer: person.customer })
  }
  return found
}

async function loadProjects(tx: Tx, waiting: readonly WaitingEvent[]): Promise<Map<string, ProjectFacts>> {
  const projectIds = [...new Set(waiting.map(({ customer }) => customer.projectId))]
  const loaded = await Promise.all(
    projectIds.map(async (projectId): Promise<[string, ProjectFacts]> => {
      const [catalog, currencies] = await Promise.all([
        tx.eventRelay.catalog(projectId),
        tx.catalog.currencies(projectId),
      ])
      const byCode = new Map(currencies.map((currency) => [currency.code, currency]))
      return [projectId, { products: catalog.products, currencies: byCode }]
    }),
  )
  return new Map(loaded)
}

/** The charge of those events whose data names a purchase but not the app it was made in. */
async function loadCharges(
  tx: Tx,
  waiting: readonly WaitingEvent[],
  people: ReadonlyMap<string, FoundPerson>,
): Promise<Map<WaitingEvent, EventCharge | null>> {
  const questions = waiting.flatMap((event) => {
    const customer = people.get(event.customer.customerId)?.customer
    const { purchaseId, storeTransactionId, appId } = event.data
    if (customer === undefined || typeof purchaseId !== 'string' || appId !== undefined) return []
    const transaction = typeof storeTransactionId === 'string' ? storeTransactionId : null
    return [{ event, customer, purchaseId, storeTransactionId: transaction }]
  })
  if (questions.length === 0) return new Map()
  const charges = await tx.eventRelay.charges(questions)
  return new Map(questions.map(({ event }, index) => [event, charges[index] ?? null]))
}

/** Where purchases were shown to their buyers. Apps tell that of an offering that they show, so nothing else is looked for. */
async function loadPresented(tx: Tx, waiting: readonly WaitingEvent[]): Promise<ReadonlyMap<string, PresentedContext>> {
  const purchases = waiting.flatMap(({ customer: { projectId }, data: { purchaseId, presentedOffering } }) =>
    typeof purchaseId === 'string' && typeof presentedOffering === 'string' ? [{ projectId, purchaseId }] : [],
  )
  return purchases.length === 0 ? new Map() : tx.receiptFacts.presented(purchases)
}
