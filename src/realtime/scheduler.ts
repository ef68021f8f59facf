/** Runs something again and again. Injected, so that tests advance by hand. */
export type Scheduler = {
  /** Calls `run` every `intervalMs` until the answer is called. */
  every(intervalMs: number, run: () => void): () => void
}

/** The scheduler of a running server. It does not keep a process alive that has nothing else to do. */
export const intervalScheduler: Scheduler = {
  every(intervalMs, run) {
    const timer = setInterval(run, intervalMs)
    timer.unref()
    return () => clearInterval(timer)
  },
}
