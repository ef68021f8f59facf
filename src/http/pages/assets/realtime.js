// @ts-check
import { backoffMs } from './backoff.js'

/** The server speaks at least every 30 seconds; a line that is silent for longer than two of its pings is dead. */
const SILENCE_MAX_MS = 75_000

/** A line that has not greeted by now never will. */
const GREETING_MAX_MS = 10_000

/** The server's close code for "another socket of this device took over": coming back would throw that one out. */
const REPLACED = 4003

/** @typedef {'connecting' | 'live' | 'waiting' | 'stopped'} ConnectionState */
/** @typedef {{ v: number, event: string, data: Record<string, unknown> }} Frame */
/** @typedef {'usage' | 'entitlements'} ChangeKind */

/**
 * @typedef RealtimeDeps
 * @property {() => Promise<{ ws_url: string }>} bootstrap prepares a session; each line needs a new one
 * @property {(state: ConnectionState) => void} onState
 * @property {(kinds: ChangeKind[]) => void} onChanged what has to be read again
 * @property {(frame: Frame) => void} onFrame every frame but pings and their answers, for the curious
 * @property {(error: unknown) => void} onFailure a session could not be prepared; it is tried again
 * @property {(url: string) => WebSocket} open
 * @property {() => number} random from 0 to 1
 */

/**
 * A line to the realtime gateway that comes back by itself. It tells what changed and never what to: frames may be
 * lost or come twice. What was missed while the line was down shows in the greeting, whose `seq` is the customer's
 * revision.
 */
export class RealtimeLine {
  #deps
  /** @type {WebSocket | null} */
  #socket = null
  /** The highest revision that was told of, so that a gap is noticed. @type {number | null} */
  #seq = null
  #failures = 0
  /** Counts lines; what belongs to an earlier one is ignored. */
  #generation = 0
  /** The one thing that is waited for. @type {ReturnType<typeof setTimeout> | undefined} */
  #timer

  /** @param {RealtimeDeps} deps */
  constructor(deps) {
    this.#deps = deps
    void this.#connect()
  }

  /** Ends the line for good. */
  close() {
    this.#drop()
    this.#deps.onState('stopped')
  }

  /** Tries now instead of later, when there is reason to think that it would work. */
  retry() {
    if (this.#socket === null) void this.#connect()
  }

  async #connect() {
    this.#drop()
    const generation = this.#generation
    this.#deps.onState('connecting')
    try {
      const { ws_url: url } = await this.#deps.bootstrap()
      if (generation !== this.#generation) return
      this.#listen(this.#deps.open(url), generation)
    } catch (error) {
      if (generation !== this.#generation) return
      this.#deps.onFailure(error)
      this.#wait()
    }
  }

  /**
   * @param {WebSocket} socket
   * @param {number} generation
   */
  #listen(socket, generation) {
    this.#socket = socket
    this.#expectFrame(GREETING_MAX_MS)
    socket.addEventListener('message', ({ data }) => {
      if (generation === this.#generation) this.#receive(socket, JSON.parse(data))
    })
    socket.addEventListener('close', ({ code }) => {
      if (generation !== this.#generation) return
      if (code === REPLACED) this.close()
      else this.#wait()
    })
  }

  /**
   * @param {WebSocket} socket
   * @param {Frame} frame
   */
  #receive(socket, frame) {
    this.#expectFrame(SILENCE_MAX_MS)
    if (frame.event === 'ping') socket.send(JSON.stringify({ v: 1, op: 'pong' }))
    if (frame.event === 'ping' || frame.event === 'pong') return
    this.#deps.onFrame(frame)
    const seq = Number(frame.data.seq)
    switch (frame.event) {
      case 'connected':
        this.#greeted(seq)
        break
      case 'usage.changed':
        this.#changed(['usage'], seq)
        break
      case 'entitlements.changed':
        this.#changed(['entitlements'], seq)
        break
    }
  }

  /** @param {number} seq */
  #greeted(seq) {
    this.#failures = 0
    this.#deps.onState('live')
    if (seq !== this.#seq) this.#deps.onChanged(['usage', 'entitlements'])
    this.#seq = seq
  }

  /**
   * @param {ChangeKind[]} kinds
   * @param {number} seq
   */
  #changed(kinds, seq) {
    this.#seq = Math.max(this.#seq ?? 0, seq)
    this.#deps.onChanged(kinds)
  }

  #wait() {
    this.#drop()
    this.#deps.onState('waiting')
    this.#timer = setTimeout(() => this.#connect(), backoffMs(this.#failures, this.#deps.random()))
    this.#failures += 1
  }

  /** @param {number} withinMs */
  #expectFrame(withinMs) {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#wait(), withinMs)
  }

  /** Forgets the line and everything that was waited for. */
  #drop() {
    this.#generation += 1
    clearTimeout(this.#timer)
    this.#socket?.close()
    this.#socket = null
  }
}
