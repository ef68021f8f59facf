import { createJudge, type Judge, type Received } from './judge.ts'
import type { SeededRandom } from './seeded-random.ts'

/** A running server process. A new process has a new name, also at an old address. */
export type ServerPlace = { readonly name: string; readonly url: string }

/** One attempt to listen, as a transport gets it. */
export type Attempt = {
  server: ServerPlace
  token: string
  /** What the client knows: null before its first connection. */
  cursor(): number | null
  /** Tells the revision of a greeting. */
  greeted(seq: number): void
  told(envelope: Received): void
  /** Hands over what cuts the line as a lost network does. */
  cutBy(cut: () => void): void
}

/** Listens until the line ends in whatever way, then resolves or rejects. */
export type Transport = (attempt: Attempt) => Promise<void>

/** A client that follows docs/realtime.md: it keeps a cursor, and comes back whenever its line is lost. */
export type ChaosClient = {
  readonly userId: string
  readonly transportName: string
  readonly judge: Judge
  cursor(): number | null
  lines(): number
  /** Breaks its line, if it has one. */
  cut(): void
  stop(): Promise<void>
}

export type ClientOptions = {
  userId: string
  transportName: string
  transport: Transport
  token: string
  /** Gets a new token when the old one is refused. */
  bootstrap(): Promise<string>
  servers(): readonly ServerPlace[]
  random: SeededRandom
}

/** Longest pause before it comes back: short, so that clients are mostly there to be hurt. */
const PAUSE_MAX_MS = 300

/** A connection was refused because of its token. */
export class TokenRefused extends Error {}

export function startClient(options: ClientOptions): ChaosClient {
  const { userId, random } = options
  const judge = createJudge(userId)
  const opened = new Set<string>()
  let { token } = options
  let cursor: number | null = null
  let cut = (): void => undefined
  let isStopped = false
  let lines = 0
  const attemptAt = (server: ServerPlace): Attempt => {
    // Polls of one process are one line: it remembers over them when it told what. Others are a line each.
    const line = options.transportName === 'poll' ? server.name : `${server.name} ${lines}`
    if (!opened.has(line)) judge.lineOpened(line, Date.now())
    opened.add(line)
    lines += 1
    return {
      server,
      token,
      cursor: () => cursor,
      greeted(seq) {
        cursor ??= seq
      },
      told(envelope) {
        judge.received(line, envelope, Date.now())
        cursor = Math.max(cursor ?? 0, envelope.seq)
      },
      cutBy(how) {
        cut = how
        if (isStopped) how()
      },
    }
  }
  const listen = async (): Promise<void> => {
    while (!isStopped) {
      const servers = options.servers()
      try {
        if (servers.length > 0) await options.transport(attemptAt(random.pick(servers)))
      } catch (error) {
        if (error instanceof TokenRefused) token = await options.bootstrap().catch(() => token)
      }
      cut = () => undefined
      if (!isStopped) await new Promise((resolve) => setTimeout(resolve, random.below(PAUSE_MAX_MS)))
    }
  }
  const over = listen()
  return {
    userId,
    transportName: options.transportName,
    judge,
    cursor: () => cursor,
    lines: () => lines,
    cut: () => cut(),
    async stop() {
      isStopped = true
      cut()
      await over
    },
  }
}
