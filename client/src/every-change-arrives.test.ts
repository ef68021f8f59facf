import fc from 'fast-check'
import { expect, it } from 'vitest'
import { listening } from './fixtures/listening.ts'

type World = ReturnType<typeof listening>
type Act = (world: World) => void | Promise<void>

const HOUR_MS = 60 * 60_000

const act = (name: string, run: Act) => fc.constant({ name, run })
const codes = fc.constantFrom(undefined, 1001, 1006, 1011, 1012, 4001, 4002, 4008, 4029)
const transports = fc.constantFrom('websocket', 'sse', 'poll')

const acts = fc.oneof(
  { weight: 4, arbitrary: act('usage', ({ server }) => server.change('usage')) },
  { weight: 4, arbitrary: act('entitlements', ({ server }) => server.change('entitlements')) },
  codes.map((code) => ({ name: `drop ${code}`, run: (({ server }) => server.dropAll(code)) satisfies Act })),
  transports.map((name) => ({
    name: `swallow ${name}`,
    run: (({ server }) => void server.swallowed.add(name)) satisfies Act,
  })),
  transports.map((name) => ({
    name: `let ${name} through`,
    run: (({ server }) => void server.swallowed.delete(name)) satisfies Act,
  })),
  act('down', ({ server }) => {
    server.isDown = true
    server.dropAll()
  }),
  act('up', ({ server }) => {
    server.isDown = false
  }),
  act('refuse', ({ server }) => void server.refusals.push({ status: 503, detail: 'unavailable', retryAfter: 5 })),
  fc
    .constantFrom('online', 'offline', 'visible')
    .map((news) => ({ name: news, run: (({ server }) => server.news(news)) satisfies Act })),
  fc.nat(40_000).map((ms) => ({ name: `${ms} ms`, run: (({ clock }) => clock.advance(ms)) satisfies Act })),
)

/** Guarantee: whatever happens to the lines, in the end the app was told to read what the last change of each kind changed. */
it('whatever the sequence of drops and faults, the last change of each kind reaches the app', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(acts, { maxLength: 40 }), async (sequence) => {
      const world = listening()
      const last = { usage: 0, entitlements: 0 }
      const connection = world.connect()
      for (const { name, run } of sequence) {
        await run(world)
        await world.clock.flush()
        if (name === 'usage' || name === 'entitlements') last[name] = world.server.revision
      }
      world.server.isDown = false
      world.server.swallowed.clear()
      await world.clock.advance(HOUR_MS / 2)
      expect(connection.state).toMatchObject({ state: 'live', transport: 'websocket' })
      for (const kind of ['usage', 'entitlements'] as const) {
        const told = world.changes.filter((change) => change.kind === kind || change.kind === 'all')
        expect(Math.max(...told.map(({ seq }) => seq))).toBeGreaterThanOrEqual(last[kind])
      }
      expect(world.server.lines.size).toBe(1)
      connection.close()
      await world.clock.advance(HOUR_MS)
      expect([world.server.lines.size, world.clock.timers()]).toEqual([0, 0])
    }),
    { numRuns: 100 },
  )
})
