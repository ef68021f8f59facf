import type { EventFields } from './event-facts.ts'

/** Absent when no app is involved. */
export function appField(appId: unknown): EventFields {
  return typeof appId === 'string' ? { app_id: appId } : {}
}

/** Stores, environments and kinds of periods are Purser's own words in capitals. */
export function wireWord(word: unknown): string | null {
  return typeof word === 'string' ? word.toUpperCase() : null
}

/** Null, never an empty list, for what unlocks nothing. */
export function listOrNull(lookupKeys: readonly string[] | undefined): readonly string[] | null {
  return lookupKeys === undefined || lookupKeys.length === 0 ? null : lookupKeys
}
