import { setTimeout as sleep } from 'node:timers/promises'
import { bringUp, type LogLine } from './bring-up.ts'
import { EmbeddedError } from './embedded-error.ts'
import { nextRestart, type Trouble } from './restart-policy.ts'
import type { RunningServer } from './running-server.ts'
import { boundLog, LOG_CHECK_INTERVAL_MS } from './server-log.ts'
import type { ServerPlan } from './server-plan.ts'
import { stopServer } from './stop-server.ts'

type SupervisorSettings = {
  plan: ServerPlan
  log: (line: LogLine) => void
  now: () => number
  restartDelaysMs: readonly number[]
  /** Told once, when the restarts are used up. */
  onFailure: (error: Error) => void
}

/** Keeps one server alive from `start` to `stop`: restarts it when it dies, and says so when that does not help. */
export class Supervisor {
  readonly #settings: SupervisorSettings
  readonly #stopping = new AbortController()
  #server: RunningServer | undefined
  #trouble: Trouble | undefined
  #healing: Promise<void> | undefined
  #logTimer: NodeJS.Timeout | undefined

  constructor(settings: SupervisorSettings) {
    this.#settings = settings
  }

  /** Process id of the server that runs now, or that ran last. */
  get pid(): number {
    return this.#server?.pid ?? 0
  }

  /** Starts or adopts the server; resolves when it accepts connections, with whether it was adopted. */
  async start(): Promise<{ adopted: boolean }> {
    const { plan } = this.#settings
    await boundLog(plan.logFile)
    const server = await this.#bringUp()
    this.#watch(server)
    this.#logTimer = setInterval(() => this.#boundLog(), LOG_CHECK_INTERVAL_MS)
    this.#logTimer.unref()
    return { adopted: server.adopted }
  }

  /** Stops the server in bounded time and ends all restarts. */
  async stop(): Promise<void> {
    this.#stopping.abort(new Error('The supervisor was stopped.'))
    clearInterval(this.#logTimer)
    await this.#healing
    const server = this.#server
    if (server === undefined || (await stopServer(server, (message) => this.#log('warn', message)))) return
    throw new EmbeddedError('start-failed', `The database server (pid ${server.pid}) cannot be stopped.`)
  }

  #bringUp(): Promise<RunningServer> {
    const { plan, log, now } = this.#settings
    return bringUp(plan, { log, now, signal: this.#stopping.signal })
  }

  #watch(server: RunningServer): void {
    this.#server = server
    void server.ended.then((reason) => {
      if (this.#stopping.signal.aborted) return
      this.#log('warn', `The database server (pid ${server.pid}) ended by itself: ${reason}. Restarting it.`)
      this.#healing = this.#heal(new Error(`The database server ended by itself: ${reason}`))
    })
  }

  /** Restarts until the server is up, the tries are used up, or `stop` is called. Never rejects. */
  async #heal(death: Error): Promise<void> {
    let latest: unknown = death
    let cause: 'death' | 'failed-start' = 'death'
    const { signal } = this.#stopping
    while (!signal.aborted) {
      const { now, restartDelaysMs } = this.#settings
      const { trouble, delayMs } = nextRestart(this.#trouble, now(), cause, restartDelaysMs)
      this.#trouble = trouble
      if (delayMs === 'give-up') {
        const message = `The database server cannot be started again; gave up after ${trouble.failedStarts} tries. Last: ${String(latest)}`
        this.#log('error', message)
        this.#settings.onFailure(new EmbeddedError('gave-up', message, { cause: latest }))
        return
      }
      try {
        await sleep(delayMs, undefined, { signal })
        const server = await this.#bringUp()
        this.#log('info', `The database server is back (pid ${server.pid}).`)
        this.#watch(server)
        return
      } catch (error) {
        latest = error
        cause = 'failed-start'
        if (!signal.aborted) this.#log('error', `The restart failed: ${String(error)}`)
      }
    }
  }

  #boundLog(): void {
    boundLog(this.#settings.plan.logFile).catch((error: unknown) => {
      this.#log('warn', `The database's log cannot be bounded: ${String(error)}`)
    })
  }

  #log(level: LogLine['level'], message: string): void {
    this.#settings.log({ level, message })
  }
}
