import { COALESCE_MS } from './announcements.ts'
import type { SessionOwner } from './session.ts'

/** Devices that are remembered: as many as may be connected. Beyond it, a poll is answered sooner than it should be. */
const DEVICES_MAX = 20_000

/**
 * Remembers for a second when a poll of a device was told something. Each poll is a session of its own; with this, the
 * limit of one invalidation a second holds for all polls of a device together.
 */
export type PollPace = {
  told(device: SessionOwner, now: number): void
  toldAt(device: SessionOwner): number | null
  forgetOld(now: number): void
}

export function createPollPace(): PollPace {
  const times = new Map<string, number>()
  const keyOf = ({ projectId, userId, deviceId }: SessionOwner): string => `${projectId}\n${userId}\n${deviceId}`
  return {
    told(device, now) {
      if (times.size < DEVICES_MAX) times.set(keyOf(device), now)
    },
    toldAt: (device) => times.get(keyOf(device)) ?? null,
    forgetOld(now) {
      for (const [key, at] of times) if (now < at || now - at >= COALESCE_MS) times.delete(key)
    },
  }
}
