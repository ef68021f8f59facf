import { createClient } from '@redis/client'
import { SECOND_MS } from '../core/lib/clock.ts'

/** The connection over which a bus speaks: one channel that all processes send to and listen to. */
export type BusLine = {
  /** Whether messages can be sent and are heard now. */
  isOpen(): boolean
  /** Sends a message. Rejects when it is not known to have arrived. */
  publish(text: string): Promise<unknown>
  /** Waits briefly for messages under way, then ends the connection for good. */
  close(): Promise<void>
}

export type BusLineEvents = {
  onMessage(text: string): void
  /** The channel is heard from now on. Also after each loss of the connection. */
  onOpen(): void
  onDown(): void
}

/** Opens a line. Returns before it is connected, and tells nothing before it has returned. */
export type OpenBusLine = (events: BusLineEvents) => BusLine

export type RedisLineOptions = {
  url: string
  channel: string
  /** A number from 0 up to 1. */
  random(): number
  logger: { info(message: string): void; warn(fields: object, message: string): void }
}

/** First and longest pause between two attempts to connect. The longest bounds how late a cure is noticed. */
const BACKOFF_FIRST_MS = 100
const BACKOFF_MAX_MS = 5 * SECOND_MS

/** How often a sign of life is asked for, and the silence after which a server that hangs counts as gone. */
const PING_MS = 4 * SECOND_MS
const SILENCE_MAX_MS = 10 * SECOND_MS
const CONNECT_TIMEOUT_MS = 5 * SECOND_MS

/** How long a closing line waits for its last messages. Who misses one sees it at the next look at revisions. */
const CLOSE_WITHIN_MS = SECOND_MS

/** The pause before an attempt: doubled each time, and of random length, so that processes do not come back as one. */
export function backoffMs(retries: number, random: () => number): number {
  const longest = Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** Math.min(retries, 16))
  return Math.round(longest * (0.5 + random() / 2))
}

/**
 * Makes lines over Redis (6 or newer) or Valkey. One connection does both, which RESP3 allows: it is lost and found as a
 * whole, so that whoever could not speak knows that it could not hear either. It is sought until the line is closed.
 */
export function redisLine(options: RedisLineOptions): OpenBusLine {
  return (events) => openLine(options, events)
}

function openLine({ url, channel, random, logger }: RedisLineOptions, events: BusLineEvents): BusLine {
  const client = createClient({
    url,
    RESP: 3,
    name: 'purser',
    pingInterval: PING_MS,
    // What is not sent now is kept and bounded by the bus.
    disableOfflineQueue: true,
    maintNotifications: 'disabled',
    socket: {
      connectTimeout: CONNECT_TIMEOUT_MS,
      socketTimeout: SILENCE_MAX_MS,
      reconnectStrategy: (retries) => backoffMs(retries, random),
    },
  })
  // The client subscribes again by itself before it calls itself ready; only the first time is ours.
  let isSubscribed = false
  let isUp = false
  let isReported = false
  const isDown = (error: unknown): void => {
    if (isUp && !client.isReady) {
      isUp = false
      events.onDown()
    }
    if (!isReported) logger.warn({ err: error }, 'Redis is away: other processes hear of changes later')
    isReported = true
  }
  const isReady = async (): Promise<void> => {
    try {
      if (!isSubscribed) await client.subscribe(channel, events.onMessage)
    } catch (error) {
      return isDown(error)
    }
    isSubscribed = true
    if (!client.isReady || isUp) return
    isUp = true
    isReported = false
    logger.info('Redis is connected')
    events.onOpen()
  }
  client.on('error', isDown)
  client.on('ready', () => void isReady())
  // Rejects only when the line is closed before it was ever connected; all else is an error event and tried again.
  client.connect().catch(() => undefined)
  return {
    isOpen: () => isUp && client.isReady,
    publish: (text) => client.publish(channel, text),
    close: () => closeClient(client),
  }
}

async function closeClient(client: { isReady: boolean; close(): Promise<unknown>; destroy(): void }): Promise<void> {
  if (client.isReady) {
    const cut = new Promise((resolve) => setTimeout(resolve, CLOSE_WITHIN_MS).unref())
    await Promise.race([client.close().catch(() => undefined), cut])
  }
  client.destroy()
}
