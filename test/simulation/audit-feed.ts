import { erased } from './audit-deletions.ts'
import type { EventRow, LedgerRows } from './ledger-rows.ts'

/** Kinds of events of which each charge has one. */
const CHARGED = new Set(['INITIAL_PURCHASE', 'RENEWAL', 'NON_RENEWING_PURCHASE'])

/** What happened is in the feed once, and on its way to the receiver once; what is told to nobody is in neither. */
export function auditFeed(rows: LedgerRows): string[] {
  const gone = erased(rows)
  const events = rows.events.filter(({ customer_id }) => !gone.has(customer_id))
  const places = Map.groupBy(
    rows.events.filter(({ position }) => position !== null),
    ({ event_id }) => event_id,
  )
  return [
    ...events.flatMap((event) => {
      const name = `${event.type} ${event.event_id}`
      const times = places.get(event.event_id)?.length ?? 0
      if (event.waits) return [`${name} still waits`]
      return times === (isTold(event) ? 1 : 0) ? [] : [`${name} is in the feed ${times} times`]
    }),
    ...auditDeliveries(events, rows),
    ...(gone.size > 0 ? [] : auditCharges(rows)),
  ]
}

/** RevenueCat tells neither of merges nor of what its API changes. */
function isTold({ type, source }: EventRow): boolean {
  if (type === 'CUSTOMER_MERGED') return false
  return type !== 'VIRTUAL_CURRENCY_TRANSACTION' || source === 'in_app_purchase'
}

function auditDeliveries(events: readonly EventRow[], { deliveries }: LedgerRows): string[] {
  const sent = Map.groupBy(deliveries, ({ position }) => position)
  return events.flatMap(({ position, type }) => {
    const times = position === null ? 1 : (sent.get(position)?.length ?? 0)
    return times === 1 ? [] : [`${type} at ${position} is on its way ${times} times`]
  })
}

/** Each charge was told, whoever had the purchase then. */
function auditCharges({ charges, events }: LedgerRows): string[] {
  const told = Map.groupBy(
    events.filter(({ type }) => CHARGED.has(type)),
    ({ purchase_id, transaction_id }) => `${purchase_id} ${transaction_id}`,
  )
  return charges.flatMap(({ purchase_id, store_transaction_id }) => {
    const times = new Set(told.get(`${purchase_id} ${store_transaction_id}`)?.map((event) => event.event_id)).size
    return times === 1 ? [] : [`charge ${store_transaction_id} was told ${times} times`]
  })
}
