import { EventEmitter, once } from 'node:events'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createRedisBus, type RedisBus } from '../../src/realtime/redis-bus.ts'
import { redisLine } from '../../src/realtime/redis-line.ts'
import { newDataFolder } from '../support/data-folder.ts'
import { customerChange } from '../support/realtime-client.ts'
import { type RedisServer, startRedis } from './redis-server.ts'

let redis: RedisServer
const cleanups: (() => Promise<unknown>)[] = []

beforeEach(async () => {
  const folder = await newDataFolder()
  redis = await startRedis(process.env.PURSER_TEST_REDIS ?? '', folder.path)
  cleanups.push(folder.remove, redis.kill)
})

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

/** The bus of one process. `heard` waits for what it hears next of others; `lost` is told of possible losses. */
function openBus(processId: string, channel = 'test:changes') {
  const happenings = new EventEmitter()
  const warnings: string[] = []
  const logger = { info: () => undefined, warn: (_fields: object, message: string) => void warnings.push(message) }
  const bus: RedisBus = createRedisBus({
    openLine: redisLine({ url: redis.url, channel, random: () => 0, logger }),
    processId,
    onListenerError: () => undefined,
    metrics: {
      changes: (outcome, count) => happenings.emit(outcome, count),
      connected: (isConnected) => happenings.emit(isConnected ? 'connected' : 'gone'),
    },
  })
  bus.subscribe((change) => happenings.emit('change', change))
  bus.onLost(() => happenings.emit('lost'))
  cleanups.push(bus.close)
  return { bus, warnings, next: (name: string) => once(happenings, name).then(([value]) => value as unknown) }
}

test('a change reaches another process, and no process of another prefix', async () => {
  const [one, two, other] = [openBus('p1'), openBus('p2'), openBus('p3', 'staging:changes')]
  await Promise.all([one, two, other].map(({ next }) => next('lost')))
  const strange: unknown[] = []
  other.bus.subscribe((change) => strange.push(change))
  const [heard, published] = [two.next('change'), one.next('published')]
  one.bus.publish(customerChange('c1', 2))
  expect(await heard).toEqual(customerChange('c1', 2))
  expect(await published).toBe(1)
  // What comes back over its own channel shows that everything before it has been delivered.
  const echo = openBus('p4', 'staging:changes')
  await echo.next('lost')
  const own = other.next('change')
  echo.bus.publish(customerChange('c2', 3))
  expect(await own).toMatchObject({ customerId: 'c2' })
  expect(strange).toEqual([customerChange('c2', 3)])
})

test('a Redis that dies and comes back is found again: what waited goes out, and everybody is told to compare', async () => {
  const [one, two] = [openBus('p1'), openBus('p2')]
  await Promise.all([one.next('lost'), two.next('lost')])
  const gone = Promise.all([one.next('gone'), two.next('gone')])
  await redis.kill()
  await gone
  expect([one.bus.isConnected(), two.bus.isConnected()]).toEqual([false, false])
  one.bus.publish(customerChange('c1', 2))
  const back = Promise.all([one.next('lost'), two.next('lost')])
  await redis.start()
  await back
  // Whether two was back in time for the change that waited is chance; the next one it must hear.
  const heard = new Promise<void>((resolve) => {
    two.bus.subscribe((change) => change.revision === 3 && resolve())
  })
  one.bus.publish(customerChange('c1', 3))
  await heard
  expect(one.warnings).toHaveLength(1)
})

test('connections that are cut while Redis lives come back by themselves', async () => {
  const one = openBus('p1')
  await one.next('lost')
  const back = one.next('lost')
  await redis.cutClients()
  await back
  expect(one.bus.isConnected()).toBe(true)
})

test('a Redis that hangs counts as gone; nobody waits for it meanwhile, and what was lost is told of', async () => {
  const [one, two] = [openBus('p1'), openBus('p2')]
  await Promise.all([one.next('lost'), two.next('lost')])
  const gone = Promise.all([one.next('gone'), two.next('gone')])
  redis.freeze()
  const dropped = one.next('dropped')
  const own = one.next('change')
  one.bus.publish(customerChange('c1', 2))
  expect(await own).toMatchObject({ revision: 2 })
  await gone
  expect(await dropped).toBe(1)
  const back = Promise.all([one.next('lost'), two.next('lost')])
  await redis.start()
  await back
}, 60_000)

test('a bus that is closed while Redis is away ends at once', async () => {
  const one = openBus('p1')
  await one.next('lost')
  const gone = one.next('gone')
  await redis.kill()
  await gone
  one.bus.publish(customerChange('c1', 2))
  await one.bus.close()
  expect(one.bus.isConnected()).toBe(false)
})
