import { HOUR_MS } from '../lib/clock.ts'

/** How long the last message of a kind is kept for clients that connect later. */
export const PUBLISHED_LIFE_MS = 24 * HOUR_MS

/** The value of one field that a publisher sends along: flat, so that its size is seen at a glance. */
export type PublishedValue = string | number | boolean | null

/** A silent message that a team's own service published to a user. */
export type PublishedEnvelope = {
  envelopeId: string
  /** What follows `user:<id>` in the topic: empty, or a colon and more. */
  topicSuffix: string
  event: string
  /** The customer's revision that the message raised. */
  revision: number
  data: Readonly<Record<string, PublishedValue>> | null
  occurredAt: number
}

/** What makes two messages of one kind: the later one takes the place of the earlier. */
export function publishedKind({ topicSuffix, event }: Pick<PublishedEnvelope, 'topicSuffix' | 'event'>): string {
  return `${event}\n${topicSuffix}`
}

/** Whether a message is still of use to somebody who connects now. */
export function isRecent({ occurredAt }: Pick<PublishedEnvelope, 'occurredAt'>, now: number): boolean {
  return occurredAt > now - PUBLISHED_LIFE_MS
}
