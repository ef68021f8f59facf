import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { customerChange, startGateway } from '../../test/support/realtime-client.ts'
import { createRevisionSweep, SWEEP_BATCH } from './revision-sweep.ts'
import type { Session } from './session.ts'

/** Guarantee: a message that the bus lost delays a change for seconds and never loses it. */

let rig: Awaited<ReturnType<typeof startGateway>>

beforeEach(async () => {
  rig = await startGateway()
})

afterEach(() => rig.close())

/** A committed change of which no message arrives. */
const changeUnheard = (userId: string, revision: number) => rig.world.put('proj', userId, `cust_${userId}`, revision)

describe('without any message of the bus', () => {
  it('a change reaches sockets and streams of its customer within 6 s, once, and nobody else', async () => {
    const anna = await rig.connect(await rig.token('anna', 'phone'))
    const stream = await rig.stream(`?token=${await rig.token('anna', 'tablet')}`)
    await stream.until('connected')
    const ben = await rig.connect(await rig.token('ben'))
    changeUnheard('anna', 2)
    rig.world.clock.advance(6000)
    expect([await anna.next(), await anna.next()]).toMatchObject([
      { event: 'usage.changed', data: { seq: 2, cause: 'replay' } },
      { event: 'entitlements.changed', data: { seq: 2, cause: 'replay' } },
    ])
    expect((await stream.until('entitlements.changed'))?.id).toBe('2')
    rig.world.clock.advance(6000)
    await rig.swept()
    expect([await anna.settled(), await ben.settled()]).toEqual([[], []])
    expect(rig.metered).toContain('swept 2')
  })

  it('the lost one of two changes is told with the later one', async () => {
    const anna = await rig.connect(await rig.token('anna'))
    changeUnheard('anna', 2)
    rig.bus.publish(customerChange('cust_anna', 3, { kinds: ['entitlements'] }))
    expect((await anna.settled()).map(({ event, data }) => `${event} ${data.seq}`)).toEqual([
      'usage.changed 3',
      'entitlements.changed 3',
    ])
  })

  it('a merge moves the session to the surviving customer', async () => {
    const anna = await rig.connect(await rig.token('anna'))
    rig.world.put('proj', 'anna', 'cust_survivor', 1)
    rig.world.clock.advance(6000)
    expect((await anna.next()).event).toBe('usage.changed')
    rig.world.clock.advance(1000)
    rig.bus.publish(customerChange('cust_survivor', 2))
    expect((await anna.settled()).at(-1)?.data.seq).toBe(2)
  })

  it('a word that messages were lost makes it compare with the next tick', async () => {
    const anna = await rig.connect(await rig.token('anna'))
    changeUnheard('anna', 2)
    rig.gateway.compareSoon()
    rig.world.clock.advance(1000)
    expect((await anna.next()).event).toBe('usage.changed')
  })

  it('a database that does not answer ends nothing, and the change is told when it is back', async () => {
    const anna = await rig.connect(await rig.token('anna'))
    await anna.settled()
    const { news } = rig.world.read.realtimeTokens
    rig.world.read.realtimeTokens.news = () => Promise.reject(new Error('connection lost'))
    changeUnheard('anna', 2)
    rig.world.clock.advance(6000)
    expect(await anna.settled()).toEqual([])
    expect(rig.errors).toEqual(['revisions could not be compared; the next sweep tries again'])
    rig.world.read.realtimeTokens.news = news
    rig.world.clock.advance(6000)
    expect((await anna.next()).event).toBe('usage.changed')
  })
})

describe('the sweep', () => {
  function sweep(
    random: () => number,
    sessions: readonly Session[] = [],
    compare = async (_of: readonly Session[]) => 0,
  ) {
    const batches: number[] = []
    const made = createRevisionSweep(
      {
        random,
        sessions: () => sessions,
        compare: (of) => {
          batches.push(of.length)
          return compare(of)
        },
        swept: () => undefined,
        failed: () => undefined,
      },
      0,
    )
    return { ...made, batches }
  }
  const many = (count: number) => Array.from({ length: count }, () => ({}) as Session)

  it('asks in batches, so that no statement is large', async () => {
    const { tick, batches } = sweep(() => 0, many(SWEEP_BATCH * 2 + 1))
    tick(4000)
    await new Promise(setImmediate)
    expect(batches).toEqual([SWEEP_BATCH, SWEEP_BATCH, 1])
  })

  it('waits between 4 and 6 seconds, differently in each process', () => {
    for (const [random, dueAt] of [
      [0, 4000],
      [1, 6000],
    ] as const) {
      const { tick, batches } = sweep(() => random, many(1))
      tick(dueAt - 1)
      expect(batches).toEqual([])
      tick(dueAt)
      expect(batches).toEqual([1])
    }
  })

  it('never runs twice at once, however slow the database is', () => {
    const { tick, soon, batches } = sweep(
      () => 0,
      many(1),
      () => new Promise(() => undefined),
    )
    for (let now = 0; now < 60_000; now += 1000) {
      soon()
      tick(now)
    }
    expect(batches).toEqual([1])
  })

  it('goes on after the clock was set back', () => {
    const { tick, batches } = sweep(() => 0, many(1))
    tick(-60_000)
    expect(batches).toEqual([1])
  })
})
