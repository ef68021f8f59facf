import { setImmediate as turn } from 'node:timers/promises'
import { beforeEach, describe, expect, it } from 'vitest'
import { customerChange } from '../../test/support/realtime-client.ts'
import { messageFromWire, messageToWire } from './bus-message.ts'
import { createRedisBus, type RedisBus } from './redis-bus.ts'
import { type BusLineEvents, backoffMs } from './redis-line.ts'

/** A bus on a line in memory: what it sends is kept until the test answers it. */
function busOnPaper() {
  let events: BusLineEvents | undefined
  const sent: { text: string; arrive(): void; fail(): void }[] = []
  const counted: Record<string, number> = {}
  const state = { isOpen: false, isClosed: false }
  const bus: RedisBus = createRedisBus({
    processId: 'me',
    onListenerError: () => undefined,
    metrics: {
      changes: (outcome, count) => {
        counted[outcome] = (counted[outcome] ?? 0) + count
      },
      connected: (isConnected) => {
        counted[isConnected ? 'connects' : 'losses'] = (counted[isConnected ? 'connects' : 'losses'] ?? 0) + 1
      },
    },
    openLine(given) {
      events = given
      return {
        isOpen: () => state.isOpen,
        publish: (text) =>
          new Promise<void>((resolve, reject) =>
            sent.push({ text, arrive: resolve, fail: () => reject(new Error('gone')) }),
          ),
        close: async () => {
          state.isClosed = true
        },
      }
    },
  })
  const said: string[] = []
  bus.subscribe(({ customerId, revision }) => said.push(`${customerId}:${revision}`))
  bus.onLost(() => said.push('lost'))
  return {
    bus,
    sent,
    said,
    counted,
    state,
    open() {
      state.isOpen = true
      events?.onOpen()
    },
    fall() {
      state.isOpen = false
      events?.onDown()
    },
    hear: (text: string) => events?.onMessage(text),
    /** What the messages sent so far say: the number of changes, or that some were lost. */
    told: () =>
      sent.map(({ text }) => {
        const message = messageFromWire(text)
        if (message === null) return 'unreadable'
        return 'lost' in message ? 'lost' : message.changes.length
      }),
  }
}

let rig: ReturnType<typeof busOnPaper>
beforeEach(() => {
  rig = busOnPaper()
})

describe('a change of this process', () => {
  it('reaches its own listeners at once, with and without a connection', () => {
    rig.bus.publish(customerChange('c1', 2))
    expect(rig.said).toEqual(['c1:2'])
  })

  it('goes out together with those of the same moment, and is counted once it has arrived', async () => {
    rig.open()
    for (let revision = 1; revision <= 100; revision++) rig.bus.publish(customerChange('c1', revision))
    expect(rig.sent).toEqual([])
    await turn()
    expect(rig.told()).toEqual([64, 36])
    expect(rig.counted.published).toBeUndefined()
    for (const message of rig.sent) message.arrive()
    await turn()
    expect(rig.counted.published).toBe(100)
  })

  it('is not heard a second time when it comes back', () => {
    rig.hear(messageToWire({ from: 'me', changes: [customerChange('c1', 2)] }))
    expect(rig.said).toEqual([])
  })

  it('waits for a connection, and goes out with it', async () => {
    rig.bus.publish(customerChange('c1', 2))
    await turn()
    expect(rig.sent).toEqual([])
    rig.open()
    expect(rig.told()).toEqual([1])
  })
})

describe('a connection that does not keep up', () => {
  it('has 16 messages under way at most; the others follow as those arrive', async () => {
    rig.open()
    for (let revision = 1; revision <= 64 * 18; revision++) rig.bus.publish(customerChange('c1', revision))
    await turn()
    expect(rig.sent).toHaveLength(16)
    rig.sent[0]?.arrive()
    await turn()
    expect(rig.sent).toHaveLength(17)
  })

  it('lets nothing pile up: beyond 2,000 changes all are dropped, and the others are told to compare', async () => {
    for (let revision = 1; revision <= 2_001; revision++) rig.bus.publish(customerChange('c1', revision))
    await turn()
    expect(rig.counted.dropped).toBe(2_000)
    rig.open()
    expect(rig.told()).toEqual(['lost', 1])
  })

  it('makes it known when it comes back that what was under way may not have arrived', async () => {
    rig.open()
    rig.bus.publish(customerChange('c1', 2))
    await turn()
    rig.fall()
    rig.sent[0]?.fail()
    await turn()
    expect([rig.counted.dropped, rig.told()]).toEqual([1, [1]])
    rig.open()
    expect(rig.told()).toEqual([1, 'lost'])
    // That word is lost as well: it is said again, until it arrives.
    rig.sent[1]?.fail()
    await turn()
    rig.open()
    expect(rig.told()).toEqual([1, 'lost', 'lost'])
    rig.sent[2]?.arrive()
    await turn()
    rig.open()
    expect(rig.told()).toHaveLength(3)
  })

  it('is not asked again and again while it refuses', async () => {
    rig.open()
    rig.bus.publish(customerChange('c1', 2))
    await turn()
    rig.sent[0]?.fail()
    await turn()
    await turn()
    expect(rig.sent).toHaveLength(1)
    rig.bus.publish(customerChange('c1', 3))
    await turn()
    expect(rig.told()).toEqual([1, 'lost', 1])
  })
})

describe('other processes', () => {
  it('are heard', () => {
    rig.hear(messageToWire({ from: 'other', changes: [customerChange('c1', 2), customerChange('c2', 7)] }))
    expect([rig.said, rig.counted.received]).toEqual([['c1:2', 'c2:7'], 2])
  })

  it('may have said something before every connection and when they say so', () => {
    rig.open()
    rig.fall()
    rig.open()
    rig.hear(messageToWire({ from: 'other', lost: true }))
    expect(rig.said).toEqual(['lost', 'lost', 'lost'])
    expect([rig.counted.connects, rig.counted.losses]).toEqual([2, 1])
  })

  it('that cannot be understood are counted and change nothing', () => {
    rig.hear('{"v":99}')
    expect([rig.said, rig.counted.unreadable]).toEqual([[], 1])
  })
})

it('a closing bus sends what waits, however much is under way', async () => {
  rig.open()
  for (let revision = 1; revision <= 64 * 20; revision++) rig.bus.publish(customerChange('c1', revision))
  await rig.bus.close()
  expect([rig.sent.length, rig.state.isClosed]).toEqual([20, true])
})

it('the pause before a new attempt doubles up to five seconds, and half of it is chance', () => {
  expect([0, 1, 2, 6, 100, 5_000].map((retries) => backoffMs(retries, () => 0))).toEqual([
    50, 100, 200, 2_500, 2_500, 2_500,
  ])
  expect([0, 100].map((retries) => backoffMs(retries, () => 0.999))).toEqual([100, 4_998])
})
