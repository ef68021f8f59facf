import type { Close } from './close.ts'
import { cursorAfter, type ServerFrame } from './envelope.ts'
import type { Wire } from './session.ts'

/** What one long poll brings. */
export type PollOutcome = { frames: ServerFrame[]; close: Close | null }

/** A wire that gathers frames until there is something to tell, and then is done. `done` is called once. */
export function pollWire(done: (outcome: PollOutcome) => void): Wire & { finish(): void } {
  const frames: ServerFrame[] = []
  let isDone = false
  const finish = (close: Close | null): void => {
    if (isDone) return
    isDone = true
    done({ frames, close })
  }
  return {
    transport: 'poll',
    bufferedAmount: 0,
    send(next) {
      if (isDone) return
      frames.push(...next.filter(({ event }) => event !== 'ping'))
      if (cursorAfter(next) !== null) finish(null)
    },
    probe: () => undefined,
    close: finish,
    finish: () => finish(null),
  }
}
