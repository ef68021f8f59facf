import { MINUTE_MS, SECOND_MS } from '../core/lib/clock.ts'
import type { PushNotice } from './push-sender.ts'

/** Shortest time between two pushes of one kind to one customer. Apple drops what comes more often than a few an hour. */
export const PUSH_WINDOW_MS = 20 * MINUTE_MS

/** A burst of changes is one push; and who opens the app meanwhile needs none. */
export const PUSH_DELAY_MS = 5 * SECOND_MS

/** Customers that are remembered. Beyond it newcomers are not pushed to: apps read again at launch anyway. */
const QUEUE_MAX = 50_000

export type PushSubject = { projectId: string; customerId: string }
export type DuePush = PushSubject & { notice: PushNotice }

type Entry = { subject: PushSubject; notice: PushNotice; isPending: boolean; dueAt: number }

/** What is to be pushed, and when. */
export type PushQueue = {
  /** Notes a change. Answers whether there was room. */
  add(subject: PushSubject, notice: PushNotice, now: number): boolean
  /** Takes out what is due, at most `limit`. What is not wanted any more is dropped, and starts no window. */
  take(now: number, limit: number, isWanted: (subject: PushSubject) => boolean): DuePush[]
  readonly size: number
}

/** Joins changes of one kind of a customer: the first is due after the delay, later ones at the end of the window. */
export function createPushQueue(sizeMax: number = QUEUE_MAX): PushQueue {
  /** In the order in which they are due: every push is due a fixed time after its entry is put at the end. */
  const waiting = new Map<string, Entry>()
  const resting = new Map<string, Entry>()
  const forgetRested = (now: number): void => {
    for (const [key, { dueAt }] of resting) {
      if (dueAt > now) return
      resting.delete(key)
    }
  }
  return {
    get size() {
      return waiting.size + resting.size
    },
    add(subject, notice, now) {
      forgetRested(now)
      const key = `${subject.projectId}\n${subject.customerId}\n${notice.event}`
      const entry = waiting.get(key) ?? resting.get(key)
      if (entry !== undefined) {
        entry.notice = notice.seq > entry.notice.seq ? notice : entry.notice
        entry.isPending = true
        return true
      }
      if (waiting.size + resting.size >= sizeMax) return false
      waiting.set(key, { subject, notice, isPending: true, dueAt: now + PUSH_DELAY_MS })
      return true
    },
    take(now, limit, isWanted) {
      const due: DuePush[] = []
      for (const places of [resting, waiting]) {
        for (const [key, entry] of places) {
          if (due.length >= limit || entry.dueAt > now) break
          places.delete(key)
          if (!entry.isPending || !isWanted(entry.subject)) continue
          due.push({ ...entry.subject, notice: entry.notice })
          resting.set(key, { ...entry, isPending: false, dueAt: now + PUSH_WINDOW_MS })
        }
      }
      return due
    },
  }
}
