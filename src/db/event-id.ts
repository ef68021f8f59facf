import type { DomainEvent } from '../core/events/event.ts'
import { ID_PREFIXES } from '../core/lib/ids.ts'
import { sha256 } from './sha256.ts'

/** Hexadecimal digits of a hash that are kept: 128 bits, so that two facts never share an id. */
const HASH_LENGTH = 32

/**
 * The id of an event. A fact with a key has the same one however often it is found, and is then kept once for its
 * customer; without a key it gets a new one.
 */
export function eventIdOf(projectId: string, { key }: Pick<DomainEvent, 'key'>, newId: () => string): string {
  if (key === undefined) return newId()
  return `${ID_PREFIXES.event}${sha256(`${projectId} ${key}`).slice(0, HASH_LENGTH)}`
}
