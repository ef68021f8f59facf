import type { CustomerChange } from '../core/events/event.ts'
import { type Clock, MINUTE_MS, SECOND_MS } from '../core/lib/clock.ts'
import type { DeviceReads } from '../usecases/ports/devices.ts'
import { createPushQueue, type DuePush, type PushSubject } from './push-queue.ts'
import type { PushNotice, PushOutcome, PushSender } from './push-sender.ts'

/** How often it is looked what is due, and how many customers at a time. */
const TICK_MS = SECOND_MS
const DUE_AT_ONCE = 100

/** Tries of one push, and the pauses between them when the service names none. */
const TRIES_MAX = 3
const RETRY_FIRST_MS = 30 * SECOND_MS
const RETRY_MAX_MS = 15 * MINUTE_MS

/** Pushes that wait for another try. More means that the service is away; then they are dropped. */
const RETRIES_MAX = 10_000

export type BackgroundPushDeps = {
  clock: Clock
  sender: PushSender
  bundleId: string
  devices: DeviceReads
  /** Whether the customer has a realtime session in this process. */
  isConnected(projectId: string, customerId: string): boolean
  /** Forgets a device that the service does not know, if it was registered before an instant. */
  forget(pushToken: string, registeredBefore: number): Promise<void>
  scheduler: { every(intervalMs: number, run: () => void): () => void }
  /** Counts pushes by what became of them. */
  counted(outcome: PushOutcome['status'] | 'given_up' | 'no_room'): void
  logger: { warn(fields: object, message: string): void; error(fields: object, message: string): void }
}

type Push = { pushToken: string; notice: PushNotice; tries: number; at: number }

export type BackgroundPush = {
  /** Told of every change that this process has made. Never waits and never throws. */
  hear(change: CustomerChange): void
  stop(): void
}

const EVENTS = { usage: 'usage.changed', entitlements: 'entitlements.changed' } as const

/** Pushes changes to the devices of customers who are not connected. Works until it is stopped. */
export function startBackgroundPush(deps: BackgroundPushDeps): BackgroundPush {
  const { clock, sender, scheduler, counted, logger } = deps
  const queue = createPushQueue()
  let retries: Push[] = []
  let isWorking = false
  const retry = (push: Push, retryAfterMs: number | null): void => {
    if (push.tries >= TRIES_MAX || retries.length >= RETRIES_MAX) {
      counted('given_up')
      return
    }
    const pause = Math.min(RETRY_MAX_MS, Math.max(retryAfterMs ?? 0, RETRY_FIRST_MS * 2 ** (push.tries - 1)))
    retries.push({ ...push, at: clock.now() + pause })
  }
  const attempt = async (push: Push): Promise<void> => {
    const sentAt = clock.now()
    const outcome = await sender.send(push.pushToken, push.notice)
    counted(outcome.status)
    if (outcome.status === 'gone') await deps.forget(push.pushToken, sentAt)
    if (outcome.status === 'refused') logger.warn({ reason: outcome.reason }, 'a background push was refused')
    if (outcome.status === 'later') retry({ ...push, tries: push.tries + 1 }, outcome.retryAfterMs)
  }
  const work = async (): Promise<void> => {
    const now = clock.now()
    const isAway = ({ projectId, customerId }: PushSubject): boolean => !deps.isConnected(projectId, customerId)
    const due = queue.take(now, DUE_AT_ONCE, isAway)
    const again = retries.filter(({ at }) => at <= now).slice(0, DUE_AT_ONCE)
    retries = retries.filter((push) => !again.includes(push))
    const pushes = [...(await pushesFor(deps, due)), ...again]
    for (const outcome of await Promise.allSettled(pushes.map(attempt))) {
      if (outcome.status === 'rejected') logger.error({ err: outcome.reason }, 'a device could not be forgotten')
    }
  }
  const stopTicking = scheduler.every(TICK_MS, () => {
    if (isWorking) return
    isWorking = true
    work()
      .catch((error: unknown) => logger.error({ err: error }, 'background pushes failed; their changes are not pushed'))
      .finally(() => {
        isWorking = false
      })
  })
  return {
    hear(change) {
      if (deps.isConnected(change.projectId, change.customerId)) return
      for (const kind of ['usage', 'entitlements'] as const) {
        if (!change.kinds.includes(kind)) continue
        const { projectId, customerId, revision: seq } = change
        const hasRoom = queue.add({ projectId, customerId }, { event: EVENTS[kind], seq }, clock.now())
        if (!hasRoom) counted('no_room')
      }
    },
    stop() {
      stopTicking()
      sender.close()
    },
  }
}

/** The devices of all that is due, in one look. */
async function pushesFor({ devices, bundleId, clock }: BackgroundPushDeps, due: readonly DuePush[]): Promise<Push[]> {
  const customers = [...new Map(due.map((one) => [one.customerId, one])).values()]
  const rows = await devices.ofCustomers(customers, bundleId)
  return due.flatMap(({ customerId, notice }) =>
    rows
      .filter((row) => row.customerId === customerId)
      .map(({ pushToken }) => ({ pushToken, notice, tries: 0, at: clock.now() })),
  )
}
