import { entitlementsOf } from '../../src/core/entitlements/entitlements-of.ts'
import { statement } from '../../src/db/statement.ts'
import { getCustomer } from '../../src/usecases/customers/get-customer.ts'
import type { World } from './world.ts'

/** A row of the outbox, as a reader of it sees it. */
export type StoredEvent = { type: string; occurredAt: number; revision: number; data: Record<string, unknown> }

const EVENTS = statement(
  'test.events',
  `select e.type, e.occurred_at as "occurredAt", e.revision, e.data from events e
   join customer_aliases a on a.customer_bucket = e.bucket and a.customer_id = e.customer_id
   where a.project_id = $1 and a.app_user_id = $2 order by e.revision, e.ordinal`,
)

/** All events of a customer, oldest first. */
export async function eventsOf(world: World, projectId: string, appUserId: string): Promise<StoredEvent[]> {
  return world.database.query<StoredEvent>(EVENTS, [projectId, appUserId])
}

/** The words of a customer's story without those about units. */
export async function lifeOf(world: World, projectId: string, appUserId: string): Promise<string[]> {
  const events = await eventsOf(world, projectId, appUserId)
  return events.map((event) => event.type).filter((type) => type !== 'VIRTUAL_CURRENCY_TRANSACTION')
}

/** Entitlements that are open now, by lookup key, with their end. */
export async function accessOf(
  world: World,
  projectId: string,
  appUserId: string,
): Promise<Record<string, string | null>> {
  const { purchases, grants, catalog } = await getCustomer(world.ctx, { projectId, appUserId, touch: false })
  const held = entitlementsOf(purchases, grants, catalog).filter(
    ({ expiresAt }) => expiresAt === null || expiresAt > world.clock.now(),
  )
  return Object.fromEntries(held.map(({ lookupKey, expiresAt }) => [lookupKey, dateOf(expiresAt)]))
}

export function dateOf(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString()
}
