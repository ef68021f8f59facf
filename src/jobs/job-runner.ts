/** Work that is done again and again. Answers how much it did; when there may be more, it is called again at once. */
export type Job = { name: string; everyMs: number; run(): Promise<{ done: number; more: boolean }> }

export type JobHooks = {
  finished(job: string, done: number): void
  failed(job: string, error: unknown): void
}

export type JobRunner = { stop(): Promise<void> }

/**
 * Runs each job in a loop of its own: a run ends before the next one begins, and a failure only ends that run. `stop`
 * waits for runs under way.
 */
export function startJobs(jobs: readonly Job[], hooks: JobHooks): JobRunner {
  const stopping = new AbortController()
  const loops = jobs.map((job) => loop(job, hooks, stopping.signal))
  return {
    async stop() {
      stopping.abort()
      await Promise.all(loops)
    },
  }
}

async function loop(job: Job, hooks: JobHooks, stopping: AbortSignal): Promise<void> {
  while (!stopping.aborted) {
    const hasMore = await runOnce(job, hooks)
    if (!hasMore) await pause(job.everyMs, stopping)
  }
}

async function runOnce(job: Job, hooks: JobHooks): Promise<boolean> {
  try {
    const { done, more } = await job.run()
    hooks.finished(job.name, done)
    return more
  } catch (error) {
    hooks.failed(job.name, error)
    return false
  }
}

function pause(durationMs: number, stopping: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer)
      stopping.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, durationMs)
    stopping.addEventListener('abort', end)
  })
}
