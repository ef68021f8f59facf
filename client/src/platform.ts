/**
 * The little that is used of the environment, so that browsers, Node and React Native all fit and a test can play each
 * of them. Types are written out because the types of a browser or of Node would not be there in the others.
 */
export type Platform = {
  /** Epoch milliseconds. */
  now(): number
  /** From 0 to 1. */
  random(): number
  setTimer(run: () => void, delayMs: number): unknown
  clearTimer(timer: unknown): void
  fetch: Fetch | undefined
  WebSocket: WebSocketConstructor | undefined
  EventSource: EventSourceConstructor | undefined
  /** Tells when the network came or went and when the page is looked at again; the answer stops it. */
  watch(heard: (news: 'online' | 'offline' | 'visible') => void): () => void
}

export type Fetch = (url: string, init: FetchInit) => Promise<FetchResponse>

export type FetchInit = {
  method: string
  headers: Record<string, string>
  body?: string
  cache?: 'no-store'
  /** Of an `AbortController` of the same place. What its type is differs, so none is promised. */
  signal?: never
}

export type FetchResponse = {
  readonly ok: boolean
  readonly status: number
  readonly headers: { get(name: string): string | null }
  /** Null or missing where bodies cannot be read piece by piece, as in plain React Native. */
  readonly body?: { getReader(): StreamReader } | null
  text(): Promise<string>
}

export type StreamReader = {
  read(): Promise<{ done: boolean; value?: Uint8Array | undefined }>
  cancel(): Promise<void>
}

export type AbortControllerLike = { readonly signal: never; abort(): void }

/** Makes a `WebSocketLike`. Not said in the type: those of browsers and of libraries differ too much to fit one. */
export type WebSocketConstructor = new (url: string) => object
export type WebSocketLike = WireTarget & { send(text: string): void; close(): void }

/** Makes an `EventSourceLike`; the same holds. */
export type EventSourceConstructor = new (url: string) => object
export type EventSourceLike = WireTarget & { close(): void }

/** Listeners say themselves what they need of an event: its type differs from place to place. */
type WireTarget = { addEventListener(type: string, listener: (event: never) => void): void }

export type TextDecoderLike = { decode(bytes?: Uint8Array, options?: { stream: boolean }): string }

type EventTargetLike = {
  addEventListener?(type: string, listener: () => void): void
  removeEventListener?(type: string, listener: () => void): void
}

/** Names that may or may not exist, whatever runs this. */
type Globals = EventTargetLike & {
  fetch?: Fetch
  WebSocket?: WebSocketConstructor
  EventSource?: EventSourceConstructor
  AbortController?: new () => AbortControllerLike
  TextDecoder?: new () => TextDecoderLike
  document?: EventTargetLike & { visibilityState?: string }
  setTimeout(run: () => void, delayMs: number): unknown
  clearTimeout(timer: unknown): void
}

const globals = globalThis as unknown as Globals

/** The environment as it is, except for what is given. Read when it is called, so that polyfills may come later. */
export function platformFrom(given: Partial<Platform> = {}): Platform {
  const { fetch, WebSocket, EventSource } = globals
  return {
    now: () => Date.now(),
    random: () => Math.random(),
    setTimer: (run, delayMs) => globals.setTimeout(run, delayMs),
    clearTimer: (timer) => globals.clearTimeout(timer),
    // A browser's fetch insists on being called without an object in front of it.
    fetch: fetch === undefined ? undefined : (url, init) => fetch(url, init),
    WebSocket,
    EventSource,
    watch,
    ...given,
  }
}

/** Null where requests cannot be given up; what they still bring is ignored. */
export function newAbortController(): AbortControllerLike | null {
  return globals.AbortController === undefined ? null : new globals.AbortController()
}

/** Null where bytes cannot be decoded piece by piece. */
export function newTextDecoder(): TextDecoderLike | null {
  return globals.TextDecoder === undefined ? null : new globals.TextDecoder()
}

function watch(heard: (news: 'online' | 'offline' | 'visible') => void): () => void {
  const { document } = globals
  const online = (): void => heard('online')
  const offline = (): void => heard('offline')
  const visibility = (): void => {
    if (document?.visibilityState === 'visible') heard('visible')
  }
  const places = [
    { target: globals, type: 'online', listener: online },
    { target: globals, type: 'offline', listener: offline },
    { target: document, type: 'visibilitychange', listener: visibility },
  ]
  for (const { target, type, listener } of places) target?.addEventListener?.(type, listener)
  return () => {
    for (const { target, type, listener } of places) target?.removeEventListener?.(type, listener)
  }
}
