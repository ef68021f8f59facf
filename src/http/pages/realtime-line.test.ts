import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { browserModule } from './fixtures/browser-module.ts'
import { FakeSocket } from './fixtures/fake-socket.ts'

type Line = { close(): void; retry(): void }
type Module = { RealtimeLine: new (deps: object) => Line }

const { RealtimeLine } = await browserModule<Module>('realtime.js')

/** A line, every socket it opened, and what it told. */
async function startLine(bootstrap = async () => ({ ws_url: 'ws://purser' })) {
  const sockets: FakeSocket[] = []
  const told: string[] = []
  const line = new RealtimeLine({
    bootstrap,
    onState: (state: string) => told.push(state),
    onChanged: (kinds: string[]) => told.push(`read ${kinds.join(' and ')}`),
    onFrame: () => undefined,
    onFailure: (error: Error) => told.push(`failed: ${error.message}`),
    open: (url: string) => {
      const socket = new FakeSocket(url)
      sockets.push(socket)
      return socket
    },
    random: () => 0,
  })
  await vi.advanceTimersByTimeAsync(0)
  const socket = () => {
    const last = sockets.at(-1)
    if (last === undefined) throw new Error('no socket was opened')
    return last
  }
  return { line, sockets, socket, told, heard: () => told.splice(0) }
}

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe('a realtime line', () => {
  it('reads everything once it is greeted, and then what envelopes name', async () => {
    const { socket, heard } = await startLine()
    expect(heard()).toEqual(['connecting'])
    socket().say('connected', { seq: 4 })
    expect(heard()).toEqual(['live', 'read usage and entitlements'])
    socket().say('usage.changed', { seq: 5 })
    socket().say('entitlements.changed', { seq: 6 })
    socket().say('something.new', { seq: 7 })
    expect(heard()).toEqual(['read usage', 'read entitlements'])
  })

  it('answers pings', async () => {
    const { socket } = await startLine()
    socket().say('ping')
    expect(socket().sent).toEqual([{ v: 1, op: 'pong' }])
  })

  it('comes back by itself, and reads again only when something was missed', async () => {
    const { socket, sockets, heard } = await startLine()
    socket().say('connected', { seq: 4 })
    socket().say('usage.changed', { seq: 5 })
    socket().end()
    await vi.advanceTimersByTimeAsync(250)
    expect(sockets).toHaveLength(2)
    heard()
    socket().say('connected', { seq: 5 })
    expect(heard()).toEqual(['live'])
    socket().end()
    await vi.advanceTimersByTimeAsync(250)
    socket().say('connected', { seq: 6 })
    expect(heard()).toEqual(['waiting', 'connecting', 'live', 'read usage and entitlements'])
  })

  it('waits longer after each failure, and never longer than half a minute', async () => {
    const bootstrap = vi.fn(() => Promise.reject(new Error('down')))
    const { line } = await startLine(bootstrap)
    const waits: number[] = []
    for (let calls = 1; calls <= 8; calls += 1) {
      expect(bootstrap).toHaveBeenCalledTimes(calls)
      const start = Date.now()
      await vi.advanceTimersToNextTimerAsync()
      waits.push(Date.now() - start)
    }
    expect(waits).toEqual([250, 500, 1000, 2000, 4000, 8000, 15_000, 15_000])
    line.close()
  })

  it.each([
    ['does not greet', 10_000, false],
    ['falls silent', 75_000, true],
  ])('gives up a line that %s', async (_words, silenceMs, isGreeted) => {
    const { socket, heard } = await startLine()
    if (isGreeted) socket().say('connected', { seq: 1 })
    await vi.advanceTimersByTimeAsync(silenceMs - 1)
    expect(heard()).not.toContain('waiting')
    const dead = socket()
    await vi.advanceTimersByTimeAsync(1)
    expect(dead.isClosed).toBe(true)
    expect(heard()).toEqual(['waiting'])
  })

  it('does not listen to a line that it left', async () => {
    const { socket, heard, line } = await startLine()
    const left = socket()
    left.say('connected', { seq: 1 })
    line.close()
    heard()
    left.say('usage.changed', { seq: 2 })
    left.end()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(heard()).toEqual([])
  })

  it('closed while its session is prepared, it opens nothing', async () => {
    const prepared = Promise.withResolvers<{ ws_url: string }>()
    const { line, sockets } = await startLine(() => prepared.promise)
    line.close()
    prepared.resolve({ ws_url: 'ws://purser' })
    await vi.advanceTimersByTimeAsync(60_000)
    expect(sockets).toEqual([])
  })

  it('does not fight for its place with a line of the same device', async () => {
    const { socket, sockets, heard } = await startLine()
    socket().end(4003)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(heard()).toEqual(['connecting', 'stopped'])
    expect(sockets).toHaveLength(1)
  })

  it('tries at once when the network is back', async () => {
    const { line, socket, sockets } = await startLine()
    socket().end()
    line.retry()
    await vi.advanceTimersByTimeAsync(0)
    expect(sockets).toHaveLength(2)
    line.retry()
    await vi.advanceTimersByTimeAsync(0)
    expect(sockets).toHaveLength(2)
  })
})
