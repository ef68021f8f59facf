import type { CustomerRef } from '../core/customers/customer.ts'
import { bucketOf } from '../core/lib/bucket.ts'
import type { ChargeQuestion, EventCharge, TxEventRelay } from '../usecases/ports/event-relay.ts'
import { type Query, statement } from './statement.ts'

type ChargeRow = EventCharge & { number: number }
type OwnerRow = { project_id: string; purchase_id: string; customer_id: string }

const CHARGES = statement(
  'event_charges.of_customers',
  `select q.number, p.app_id as "appId", p.store, p.environment, coalesce(t.product_id, p.product_id) as "productId"
   from unnest($1::smallint[], $2::text[], $3::text[], $4::text[]) with ordinality
     as q (bucket, customer_id, purchase_id, store_transaction_id, number)
   join purchases p on p.bucket = q.bucket and p.customer_id = q.customer_id and p.purchase_id = q.purchase_id
   left join lateral (
     select c.product_id from purchase_transactions c
     where c.bucket = p.bucket and c.customer_id = p.customer_id and c.purchase_id = p.purchase_id
       and c.store_transaction_id = q.store_transaction_id order by c.number limit 1) t on true`,
)
const OWNERS = statement(
  'event_charges.owners',
  `select distinct on (o.project_id, o.purchase_id) o.project_id, o.purchase_id, o.customer_id
   from unnest($1::smallint[], $2::text[], $3::text[]) as q (bucket, project_id, purchase_id)
   join purchase_ownerships o on o.bucket = q.bucket and o.project_id = q.project_id and o.purchase_id = q.purchase_id
   order by o.project_id, o.purchase_id, o.number desc`,
)

/**
 * Reads the charges that events name. Units stay with whoever got them when their purchase goes to another customer, so
 * what is not found with the customer of the event is looked for with the present owner of the purchase.
 */
export function readEventCharges(query: Query): TxEventRelay['charges'] {
  return async (questions) => {
    const charges = await chargesOf(query, questions)
    const moved = questions.flatMap((question, index) => (charges[index] === null ? [{ question, index }] : []))
    if (moved.length === 0) return charges
    const owners = await ownersOf(
      query,
      moved.map(({ question }) => question),
    )
    const asked = moved.flatMap(({ question, index }) => {
      const owner = owners.get(question.purchaseId)
      return owner === undefined ? [] : [{ question: { ...question, customer: owner }, index }]
    })
    const found = await chargesOf(
      query,
      asked.map(({ question }) => question),
    )
    for (const [number, { index }] of asked.entries()) charges[index] = found[number] ?? null
    return charges
  }
}

async function chargesOf(query: Query, questions: readonly ChargeQuestion[]): Promise<Array<EventCharge | null>> {
  if (questions.length === 0) return []
  const rows = await query<ChargeRow>(CHARGES, [
    questions.map(({ customer }) => customer.bucket),
    questions.map(({ customer }) => customer.customerId),
    questions.map(({ purchaseId }) => purchaseId),
    questions.map(({ storeTransactionId }) => storeTransactionId),
  ])
  const found = new Map(rows.map(({ number, ...charge }) => [number, charge]))
  return questions.map((_, index) => found.get(index + 1) ?? null)
}

async function ownersOf(query: Query, questions: readonly ChargeQuestion[]): Promise<Map<string, CustomerRef>> {
  const rows = await query<OwnerRow>(OWNERS, [
    questions.map(({ customer, purchaseId }) => bucketOf(customer.projectId, purchaseId)),
    questions.map(({ customer }) => customer.projectId),
    questions.map(({ purchaseId }) => purchaseId),
  ])
  return new Map(
    rows.map(({ project_id: projectId, purchase_id, customer_id: customerId }) => [
      purchase_id,
      { projectId, bucket: bucketOf(projectId, customerId), customerId },
    ]),
  )
}
