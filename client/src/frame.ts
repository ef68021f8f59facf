import type { RealtimeChange, RealtimeFrame } from './realtime-options.ts'

const KINDS: Readonly<Record<string, 'usage' | 'entitlements'>> = {
  'usage.changed': 'usage',
  'entitlements.changed': 'entitlements',
}

/** A frame of the server; null for anything else, which newer servers may send and this client skips. */
export function frameFromText(text: unknown): RealtimeFrame | null {
  if (typeof text !== 'string') return null
  try {
    return frameFrom(JSON.parse(text))
  } catch {
    return null
  }
}

/** The same for a value that was parsed already. */
export function frameFrom(value: unknown): RealtimeFrame | null {
  if (!isRecord(value) || typeof value.event !== 'string') return null
  return { v: Number(value.v), event: value.event, data: isRecord(value.data) ? value.data : {} }
}

/** What an invalidation says, with the id that is the same for the same fact; null for other frames. */
export function changeOf({ event, data }: RealtimeFrame): { id: string; change: RealtimeChange } | null {
  const kind = KINDS[event]
  const seq = seqOf(data)
  if (kind === undefined || seq === null) return null
  const change: RealtimeChange = {
    kind,
    seq,
    cause: typeof data.cause === 'string' ? data.cause : 'unknown',
    currency: typeof data.currency === 'string' ? data.currency : null,
  }
  return { id: typeof data.id === 'string' ? data.id : `${event}:${seq}`, change }
}

/** The revision that a frame carries; null when it has none. */
export function seqOf(data: RealtimeFrame['data']): number | null {
  return typeof data.seq === 'number' && Number.isFinite(data.seq) ? data.seq : null
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
