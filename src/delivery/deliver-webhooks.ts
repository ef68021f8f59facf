import { createDispatcher, type DispatcherDeps } from './dispatcher.ts'

/** An event of a quiet server is sent at most this late after it was queued. */
const LOOK_EVERY_MS = 250

/** Under load, what is queued and settled meanwhile is claimed together. */
const GATHER_MS = 5

/** After a look that failed, such as while the database is away. */
const LOOK_AGAIN_MS = 1_000

export type DeliveryLoop = {
  /** Begins nothing new, waits for what is under way for at most `graceMs`, and gives the rest back. */
  stop(graceMs: number): Promise<void>
}

/** Sends what is due until it is stopped. */
export function startDelivery(deps: Omit<DispatcherDeps, 'flushed'>): DeliveryLoop {
  const state = { isStopping: false, looksSoon: false }
  let endPause: () => void = () => undefined
  const lookSoon = (): void => {
    state.looksSoon = true
    endPause()
  }
  const pause = (forMs: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, forMs)
      endPause = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  const dispatcher = createDispatcher({ ...deps, flushed: lookSoon })
  const look = async (): Promise<number> => {
    try {
      return (await dispatcher.fill()) > 0 ? GATHER_MS : LOOK_EVERY_MS
    } catch (error) {
      deps.failed(error)
      return LOOK_AGAIN_MS
    }
  }
  const work = async (): Promise<void> => {
    while (!state.isStopping) {
      state.looksSoon = false
      const pauseMs = await look()
      if (!state.isStopping) await pause(state.looksSoon ? GATHER_MS : pauseMs)
    }
  }
  const working = work()
  return {
    async stop(graceMs) {
      state.isStopping = true
      endPause()
      await working
      const timer = setTimeout(() => dispatcher.abort(), graceMs)
      await dispatcher.idle()
      clearTimeout(timer)
    },
  }
}
