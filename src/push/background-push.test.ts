import { describe, expect, it } from 'vitest'
import type { ChangeKind, CustomerChange } from '../core/events/event.ts'
import { startBackgroundPush } from './background-push.ts'
import { createPushQueue, PUSH_DELAY_MS, PUSH_WINDOW_MS } from './push-queue.ts'
import type { PushOutcome } from './push-sender.ts'

const START = Date.UTC(2026, 4, 4, 10)

function world(outcome: () => PushOutcome = () => ({ status: 'sent' })) {
  let now = START
  let tick = () => undefined as unknown
  const sent: string[] = []
  const forgotten: string[] = []
  const counted: string[] = []
  const connected = new Set<string>()
  const push = startBackgroundPush({
    clock: { now: () => now },
    bundleId: 'com.example.app',
    sender: {
      async send(pushToken, { event, seq }) {
        sent.push(`${pushToken} ${event} ${seq}`)
        return outcome()
      },
      close: () => undefined,
    },
    devices: {
      ofCustomers: async (customers) =>
        customers.flatMap(({ customerId }) =>
          customerId === 'bare' ? [] : [{ customerId, pushToken: `t-${customerId}` }],
        ),
    },
    isConnected: (_projectId, customerId) => connected.has(customerId),
    forget: async (pushToken) => void forgotten.push(pushToken),
    scheduler: {
      every(_intervalMs, run) {
        tick = run
        return () => undefined
      },
    },
    counted: (what) => void counted.push(what),
    logger: { warn: () => undefined, error: () => undefined },
  })
  return {
    sent,
    forgotten,
    counted,
    connected,
    change: (revision: number, kinds: ChangeKind[] = ['usage'], customerId = 'c1') =>
      push.hear({ ...CHANGE, customerId, revision, kinds }),
    /** Lets time pass, and all that is due be done. */
    async pass(ms: number) {
      now += ms
      tick()
      await new Promise((resolve) => setImmediate(resolve))
    },
  }
}

const CHANGE: CustomerChange = {
  projectId: 'proj',
  customerId: 'c1',
  revision: 1,
  kinds: [],
  cause: 'purchase',
  currency: null,
  occurredAt: START,
  absorbedCustomerId: null,
}

describe('a change of a customer who is not connected', () => {
  it('is pushed once after a few seconds, a burst as one with the newest revision', async () => {
    const one = world()
    for (const revision of [5, 7, 6]) one.change(revision)
    await one.pass(PUSH_DELAY_MS - 1)
    expect(one.sent).toEqual([])
    await one.pass(1)
    expect(one.sent).toEqual(['t-c1 usage.changed 7'])
  })

  it('is pushed again at the end of the window, if more changed', async () => {
    const one = world()
    one.change(5)
    await one.pass(PUSH_DELAY_MS)
    one.change(6)
    await one.pass(PUSH_WINDOW_MS - 1)
    expect(one.sent).toHaveLength(1)
    await one.pass(1)
    expect(one.sent.slice(1)).toEqual(['t-c1 usage.changed 6'])
    await one.pass(PUSH_WINDOW_MS)
    expect(one.sent).toHaveLength(2)
  })

  it('is pushed for each kind; changes that an app does not read are not', async () => {
    const one = world()
    one.change(5, ['usage', 'entitlements', 'profile'])
    one.change(6, ['profile', 'custom'])
    one.change(7, ['usage'], 'bare')
    await one.pass(PUSH_DELAY_MS)
    expect(one.sent).toEqual(['t-c1 usage.changed 5', 't-c1 entitlements.changed 5'])
  })

  it('is not pushed when the customer is connected, or came back meanwhile; and that starts no window', async () => {
    const one = world()
    one.connected.add('c1')
    one.change(5)
    one.connected.delete('c1')
    one.change(6, ['entitlements'])
    one.connected.add('c1')
    await one.pass(PUSH_DELAY_MS)
    expect(one.sent).toEqual([])
    one.connected.delete('c1')
    one.change(7, ['entitlements'])
    await one.pass(PUSH_DELAY_MS)
    expect(one.sent).toEqual(['t-c1 entitlements.changed 7'])
  })
})

describe('what became of a push', () => {
  it('a device that is gone is forgotten', async () => {
    const one = world(() => ({ status: 'gone' }))
    one.change(5)
    await one.pass(PUSH_DELAY_MS)
    expect(one.forgotten).toEqual(['t-c1'])
    await one.pass(PUSH_WINDOW_MS)
    expect(one.sent).toHaveLength(1)
  })

  it('a service that is busy is asked again, three times in all, each time later', async () => {
    const one = world(() => ({ status: 'later', reason: '503', retryAfterMs: null }))
    one.change(5)
    await one.pass(PUSH_DELAY_MS)
    const times: number[] = []
    for (let second = 1; second <= 600; second++) {
      const before = one.sent.length
      await one.pass(1_000)
      if (one.sent.length > before) times.push(second)
    }
    expect(times).toEqual([30, 90])
    expect(one.counted).toEqual(['later', 'later', 'later', 'given_up'])
  })

  it('the pause that the service asks for is kept', async () => {
    const answers: PushOutcome[] = [{ status: 'later', reason: '429', retryAfterMs: 100_000 }]
    const one = world(() => answers.shift() ?? { status: 'sent' })
    one.change(5)
    await one.pass(PUSH_DELAY_MS)
    await one.pass(99_999)
    expect(one.sent).toHaveLength(1)
    await one.pass(1)
    expect(one.counted).toEqual(['later', 'sent'])
  })
})

it('the queue is bounded, and what rested makes room', () => {
  const queue = createPushQueue(2)
  const subject = (customerId: string) => ({ projectId: 'proj', customerId })
  const notice = { event: 'usage.changed', seq: 1 } as const
  expect(['a', 'b', 'c'].map((id) => queue.add(subject(id), notice, START))).toEqual([true, true, false])
  expect(queue.take(START + PUSH_DELAY_MS, 1, () => true)).toHaveLength(1)
  expect(queue.take(START + PUSH_DELAY_MS, 9, () => true)).toHaveLength(1)
  expect(queue.add(subject('c'), notice, START + PUSH_DELAY_MS + PUSH_WINDOW_MS - 1)).toBe(false)
  expect(queue.add(subject('c'), notice, START + PUSH_DELAY_MS + PUSH_WINDOW_MS)).toBe(true)
  expect(queue.size).toBe(1)
})
