import type { Store } from '../projects/project.ts'
import type { Environment } from '../purchases/purchase.ts'

/** What receivers choose events by, besides their type. */
export type BodyAddress = { appId: string | null; store: Store | 'promotional' | null; environment: Environment | null }

/** Reads from a body that Purser made which app, store and environment it is about; null for what it does not say. */
export function addressOfBody(body: string): BodyAddress {
  const { event } = JSON.parse(body) as { event: Record<string, string | undefined> }
  return {
    appId: event.app_id ?? null,
    store: ownWord<Store | 'promotional'>(event.store),
    environment: ownWord<Environment>(event.environment ?? event.purchase_environment),
  }
}

/** Bodies have Purser's own words in capitals. */
function ownWord<Word extends string>(word: string | undefined | null): Word | null {
  return (word?.toLowerCase() as Word | undefined) ?? null
}
