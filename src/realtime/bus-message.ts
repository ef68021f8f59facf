import type { ChangeCause, ChangeKind, CustomerChange } from '../core/events/event.ts'

/** Version of the messages between processes. A process leaves messages of another version alone. */
const MESSAGE_VERSION = 1

/** Changes in one message: a busy moment fits into a few messages, and no message keeps a connection for long. */
export const CHANGES_MAX = 64

/** Largest message that is read. `CHANGES_MAX` changes with the longest ids need less. */
export const MESSAGE_MAX_BYTES = 64 * 1024

/** Ids are below 64 characters; more would be something else. */
const ID_MAX_LENGTH = 128

/**
 * What processes tell each other: changes, or that some were lost and revisions have to be compared. It holds ids and
 * revisions, no balance, no name of a user and nothing secret.
 */
export type BusMessage = { from: string; changes: readonly CustomerChange[] } | { from: string; lost: true }

/** The text of a message. */
export function messageToWire(message: BusMessage): string {
  if ('lost' in message) return JSON.stringify({ v: MESSAGE_VERSION, ...message })
  return JSON.stringify({ v: MESSAGE_VERSION, from: message.from, changes: message.changes.map(changeToWire) })
}

/** Field by field, so that nothing travels that was not meant to: contents stay with the process that wrote them. */
function changeToWire(change: CustomerChange): object {
  const { projectId, customerId, revision, kinds, cause, currency, occurredAt, absorbedCustomerId } = change
  return { projectId, customerId, revision, kinds, cause, currency, occurredAt, absorbedCustomerId }
}

/** Reads a message; null when it is too large, of another version or anything else than a message. */
export function messageFromWire(text: string): BusMessage | null {
  if (Buffer.byteLength(text) > MESSAGE_MAX_BYTES) return null
  const value = parseJson(text)
  if (!isRecord(value) || value.v !== MESSAGE_VERSION || !isId(value.from)) return null
  if (value.lost === true) return { from: value.from, lost: true }
  const { changes } = value
  if (!Array.isArray(changes) || changes.length === 0 || changes.length > CHANGES_MAX) return null
  const read: CustomerChange[] = []
  for (const entry of changes) {
    const change = changeFromWire(entry)
    if (change === null) return null
    read.push(change)
  }
  return { from: value.from, changes: read }
}

function changeFromWire(value: unknown): CustomerChange | null {
  if (!isRecord(value)) return null
  const { projectId, customerId, revision, kinds, cause, currency, occurredAt, absorbedCustomerId } = value
  if (!isId(projectId) || !isId(customerId) || !isCount(revision) || !isTime(occurredAt)) return null
  if (!isWordList(kinds) || !isWord(cause)) return null
  if (currency !== null && !isId(currency)) return null
  if (absorbedCustomerId !== null && !isId(absorbedCustomerId)) return null
  return {
    projectId,
    customerId,
    revision,
    // While processes are upgraded one by one, a newer one may know more kinds and causes.
    kinds: kinds as ChangeKind[],
    cause: cause as ChangeCause,
    currency,
    occurredAt,
    absorbedCustomerId,
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= ID_MAX_LENGTH
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

/** The range of times that a `Date` can hold: others could not be told to a client. */
function isTime(value: unknown): value is number {
  return Number.isInteger(value) && !Number.isNaN(new Date(value as number).getTime())
}

function isWord(value: unknown): value is string {
  return typeof value === 'string' && /^[a-z_]{1,40}$/.test(value)
}

function isWordList(value: unknown): value is string[] {
  return Array.isArray(value) && value.length <= 10 && value.every(isWord)
}
