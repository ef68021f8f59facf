import type { EventType } from '../events/event.ts'
import type { Environment } from '../purchases/purchase.ts'
import { type Circuit, isOpen } from './circuit.ts'

/** An address that events of a project are sent to. */
export type WebhookEndpoint = {
  endpointId: string
  projectId: string
  name: string
  url: string
  /** Sent as the header `Authorization` as it is; null for none. */
  authorization: string | null
  /** What requests are signed with. Kept as it is, since a signature cannot be made from a hash. */
  secret: string
  /** The secret before, which is good for a while after a rotation. */
  previousSecret: { secret: string; endsAt: number } | null
  /** Which events are wanted; null: all. */
  eventTypes: readonly EventType[] | null
  /** Only events of this app; null: all events. */
  appId: string | null
  /** Only events of this environment; null: both. */
  environment: Environment | null
  /** To a paused endpoint nothing is sent, and what happens waits. A deleted one is about to go. */
  state: 'active' | 'paused' | 'deleted'
  circuit: Circuit
  createdAt: number
}

/** Enough for every service of a team; each one more multiplies the requests. */
export const ENDPOINTS_MAX = 20
export const ENDPOINT_NAME_MAX_LENGTH = 100
/** What servers take. */
export const ENDPOINT_URL_MAX_LENGTH = 2_048
/** Tokens that servers hand out are shorter; some servers refuse headers above 8 KB. */
export const AUTHORIZATION_MAX_LENGTH = 4_096
/** 128 bits in hex or more, and less than anybody generates. */
export const SECRET_MIN_LENGTH = 16
export const SECRET_MAX_LENGTH = 256

/** How long the secret before is good after a rotation: time to change it in every receiver. */
export const PREVIOUS_SECRET_MS = 24 * 3_600_000

/** What of an event decides whether an endpoint gets it. */
export type FilteredEvent = { type: EventType; appId: string | null; environment: Environment | null }

/**
 * Whether an endpoint gets an event. Who wants one app gets nothing that belongs to none. What has no environment counts
 * as production, as grants do in RevenueCat (webhooks, event fields).
 */
export function wantsEvent(
  { eventTypes, appId, environment }: Pick<WebhookEndpoint, 'eventTypes' | 'appId' | 'environment'>,
  event: FilteredEvent,
): boolean {
  return (
    (eventTypes === null || eventTypes.includes(event.type)) &&
    (appId === null || appId === event.appId) &&
    (environment === null || environment === (event.environment ?? 'production'))
  )
}

/** The secrets that a request is signed with at an instant, the current one first. */
export function secretsAt(
  { secret, previousSecret }: Pick<WebhookEndpoint, 'secret' | 'previousSecret'>,
  now: number,
): string[] {
  return previousSecret !== null && now < previousSecret.endsAt ? [secret, previousSecret.secret] : [secret]
}

/** What an operator reads about an endpoint's condition. */
export function conditionOf({ state, circuit }: Pick<WebhookEndpoint, 'state' | 'circuit'>): string {
  return state === 'active' && isOpen(circuit) ? 'failing' : state
}
