/** Shortest time between two invalidations of one kind, as docs/realtime.md promises it. */
const WINDOW_MS = 1_000

/** An invalidation as a client received it. */
export type Received = {
  event: string
  id: string
  topic: string
  seq: number
  occurred_at: string
}

/** Listens to what one client is told, and notes what must not happen. */
export type Judge = {
  /** A new connection, or a first poll at another process: a line of its own as far as the pace goes. */
  lineOpened(line: string, at: number): void
  received(line: string, envelope: Received, at: number): void
  /** Faults in words, at most a few. */
  readonly faults: readonly string[]
  /** The customers whose ids appeared. */
  readonly customers: ReadonlySet<string>
  readonly count: number
}

/** More would say nothing new. */
const FAULTS_MAX = 5

type Line = {
  openedAt: number
  count: Record<string, number>
  last: Record<string, Received>
  ids: Set<string>
  seq: number
}

/**
 * Judges by facts that hold however slow the machine is. The server may not send two invalidations of a kind within a
 * second. The later of two arrives after it was sent, and the earlier was sent after the line opened and after the
 * change that it tells of: so what is measured from those two can only be longer than the true distance.
 */
export function createJudge(userId: string): Judge {
  const lines = new Map<string, Line>()
  const faults: string[] = []
  const customers = new Set<string>()
  let count = 0
  const fault = (text: string): void => {
    if (faults.length < FAULTS_MAX) faults.push(`${userId}: ${text}`)
  }
  const judgePace = (line: Line, envelope: Received, at: number): void => {
    const { event } = envelope
    const before = line.count[event] ?? 0
    line.count[event] = before + 1
    const previous = line.last[event]
    line.last[event] = envelope
    if (previous === undefined) return
    const sincePrevious = at - Date.parse(previous.occurred_at)
    if (at - line.openedAt < before * WINDOW_MS || sincePrevious < WINDOW_MS) {
      fault(
        `${event} ${envelope.seq} came ${sincePrevious} ms after the change ${previous.seq} that it was told before`,
      )
    }
  }
  return {
    faults,
    customers,
    get count() {
      return count
    },
    lineOpened(line, openedAt) {
      lines.set(line, { openedAt, count: {}, last: {}, ids: new Set(), seq: 0 })
    },
    received(name, envelope, at) {
      count += 1
      const line = lines.get(name)
      if (line === undefined) return fault(`${envelope.event} came over a line that was never opened`)
      if (envelope.topic !== `user:${userId}`) fault(`it was told of ${envelope.topic}`)
      customers.add(envelope.id.split(':')[0] ?? '')
      if (line.ids.has(envelope.id)) fault(`${envelope.id} came twice`)
      line.ids.add(envelope.id)
      if (envelope.seq < line.seq) fault(`${envelope.seq} came after ${line.seq}`)
      line.seq = Math.max(line.seq, envelope.seq)
      judgePace(line, envelope, at)
    },
  }
}
