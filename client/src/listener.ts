import { baseOf, bootstrap } from './bootstrap.ts'
import { eventStreamLine } from './event-stream-line.ts'
import { type Line, lost, type OpenLine } from './line.ts'
import { shownState, step, wakeAt } from './listen.ts'
import { type Effect, type Input, type ListenerState, newListener } from './listener-state.ts'
import type { Platform } from './platform.ts'
import { pollLine } from './poll-line.ts'
import type { RealtimeOptions, RealtimeState, Transport } from './realtime-options.ts'
import { webSocketLine } from './web-socket-line.ts'

const ALL_TRANSPORTS: readonly Transport[] = ['websocket', 'sse', 'poll']

const OPENERS: Readonly<Record<Transport, OpenLine>> = {
  websocket: webSocketLine,
  sse: eventStreamLine,
  poll: pollLine,
}

/** Performs what `step` decides, and tells it what came of that. */
export class Listener {
  #options
  #platform
  #deviceId
  #state: ListenerState
  #shown: RealtimeState | null = null
  #lines = new Map<number, Line>()
  #inputs: Input[] = []
  #isBusy = false
  #timer: unknown = null
  #timerAt: number | null = null
  #unwatch: (() => void) | null = null

  constructor(options: RealtimeOptions, platform: Platform) {
    const { transports = ALL_TRANSPORTS, attemptsMax = Number.POSITIVE_INFINITY, userId = null } = options
    this.#options = options
    this.#platform = platform
    this.#deviceId = options.deviceId ?? randomId(platform)
    const usable = transports.filter((transport) => isUsable(transport, platform))
    this.#state = newListener({ transports: usable, attemptsMax, expectedUserId: userId })
  }

  /** The state that the app was told last. */
  get shown(): RealtimeState {
    return this.#shown ?? shownState(this.#state)
  }

  start(): void {
    this.#unwatch = this.#platform.watch((news) => this.handle({ type: news === 'offline' ? 'doubt' : 'wake' }))
    this.handle({ type: 'start' })
  }

  /** Takes an input. Effects may lead to further ones at once; those wait their turn. */
  handle(input: Input): void {
    this.#inputs.push(input)
    if (this.#isBusy) return
    this.#isBusy = true
    for (let next = this.#inputs.shift(); next !== undefined; next = this.#inputs.shift()) this.#take(next)
    this.#isBusy = false
    this.#setTimer()
    if (this.#state.stopped !== null) this.#unwatch?.()
  }

  #take(input: Input): void {
    if (input.type === 'ended') this.#lines.delete(input.line)
    const moment = { now: this.#platform.now(), chance: this.#platform.random() }
    const { state, effects } = step(this.#state, input, moment)
    this.#state = state
    for (const effect of effects) if (effect.type === 'drop') this.#perform(effect)
    this.#show()
    for (const effect of effects) if (effect.type !== 'drop') this.#perform(effect)
  }

  #perform(effect: Effect): void {
    switch (effect.type) {
      case 'fetchSession':
        this.#fetchSession(effect.line)
        break
      case 'open':
        this.#open(effect)
        break
      case 'send':
        this.#lines.get(effect.line)?.send(effect.frame)
        break
      case 'drop':
        this.#lines.get(effect.line)?.close()
        this.#lines.delete(effect.line)
        break
      case 'tell':
        this.#call(this.#options.onChange, effect.change)
        break
      case 'report':
        this.#call(this.#options.onProblem, effect.problem)
    }
  }

  #fetchSession(line: number): void {
    void bootstrap(this.#platform, this.#options, this.#deviceId).then((outcome) =>
      this.handle(
        outcome.ok
          ? { type: 'session', line, session: outcome.session }
          : { type: 'sessionFailed', line, failure: outcome.failure },
      ),
    )
  }

  #open({ line, transport, session, cursor }: Extract<Effect, { type: 'open' }>): void {
    const request = {
      platform: this.#platform,
      base: baseOf(this.#options.url),
      session,
      cursor,
      frame: (frame) => {
        this.#call(this.#options.onFrame, frame)
        this.handle({ type: 'frame', line, frame })
      },
      pulse: () => this.handle({ type: 'pulse', line }),
      ended: (ending) => this.handle({ type: 'ended', line, ending }),
    } satisfies Parameters<OpenLine>[0]
    try {
      this.#lines.set(line, OPENERS[transport](request))
    } catch (cause) {
      request.ended(lost(cause))
    }
  }

  #show(): void {
    const before = this.#shown
    const shown = shownState(this.#state)
    const keys = ['state', 'transport', 'retryAt', 'reason'] as const
    if (before !== null && keys.every((key) => before[key] === shown[key])) return
    this.#shown = shown
    this.#call(this.#options.onState, shown)
  }

  /** A fault of the app must not end its listening. */
  #call<Value>(callback: ((value: Value) => void) | undefined, value: Value): void {
    try {
      callback?.(value)
    } catch (cause) {
      this.#reportFault(cause)
    }
  }

  #reportFault(cause: unknown): void {
    try {
      this.#options.onProblem?.({ code: 'app_failed', message: 'a callback of the app threw', status: null, cause })
    } catch {
      // The callback that would be told is the one that is broken.
    }
  }

  #setTimer(): void {
    const at = wakeAt(this.#state)
    if (at === this.#timerAt) return
    this.#platform.clearTimer(this.#timer)
    this.#timerAt = at
    if (at === null) return
    const delayMs = Math.max(0, at - this.#platform.now())
    this.#timer = this.#platform.setTimer(() => {
      this.#timerAt = null
      this.handle({ type: 'tick' })
    }, delayMs)
  }
}

function isUsable(transport: Transport, { WebSocket, fetch }: Platform): boolean {
  // Without it there is no session, whatever the transport.
  if (fetch === undefined) return false
  return transport !== 'websocket' || WebSocket !== undefined
}

/** Names a connection to the server, which keeps one for each device. Needs to differ, not to be secret. */
function randomId({ random }: Platform): string {
  const part = (): string => Math.floor(random() * 2 ** 32).toString(36)
  return `c-${part()}${part()}`
}
