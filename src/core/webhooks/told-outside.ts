import type { DomainEvent } from '../events/event.ts'

/**
 * Whether the outside is told of an event: always, where the project asked for changes by operators and APIs, or never.
 * `kept_if_asked`: it is there for those who ask alone, so without them it is not even written.
 */
export type Telling = 'always' | 'if_asked' | 'kept_if_asked' | 'never'

/**
 * Which events of the outbox go to the feed and to receivers. RevenueCat tells nothing of a log-in that makes two
 * customers one, and nothing of changes through its developer API.
 */
export function toldOutside({ type, data }: Pick<DomainEvent, 'type' | 'data'>): Telling {
  if (type === 'CUSTOMER_MERGED') return 'never'
  if (type !== 'VIRTUAL_CURRENCY_TRANSACTION') return 'always'
  if (data.source === 'developer_api') return 'kept_if_asked'
  return data.source === 'admin_api' ? 'if_asked' : 'always'
}
