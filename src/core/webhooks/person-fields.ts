import { isAnonymousId } from '../customers/app-user-id.ts'
import type { Attributes } from '../customers/attributes.ts'
import type { EventFields, EventPerson } from './event-facts.ts'

/** Who an event is about. RevenueCat webhooks, customer fields. */
export function personFields({ aliases, originalAppUserId, attributes }: EventPerson): EventFields {
  return {
    app_user_id: toldAppUserId(aliases) ?? originalAppUserId,
    original_app_user_id: originalAppUserId,
    aliases: aliases.map((alias) => alias.appUserId),
    subscriber_attributes: attributesToBody(attributes),
  }
}

/**
 * The one id that stands for a customer: of those that are not anonymous the one seen last, else the one seen last. Null
 * when there is none. RevenueCat webhooks, `app_user_id`.
 */
export function toldAppUserId(aliases: EventPerson['aliases']): string | null {
  const identified = aliases.filter((alias) => !isAnonymousId(alias.appUserId))
  const candidates = identified.length > 0 ? identified : aliases
  const [last] = [...candidates].sort((one, other) => other.lastSeenAt - one.lastSeenAt)
  return last?.appUserId ?? null
}

function attributesToBody(attributes: Attributes): EventFields {
  return Object.fromEntries(
    [...attributes].flatMap(([key, { value, updatedAt }]) =>
      value === null ? [] : [[key, { value, updated_at_ms: updatedAt }]],
    ),
  )
}
