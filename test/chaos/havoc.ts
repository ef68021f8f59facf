import type { ChaosClient } from './client.ts'
import type { Cluster } from './cluster.ts'
import type { RedisServer } from './redis-server.ts'
import type { SeededRandom } from './seeded-random.ts'

export type Victims = { cluster: Cluster; redis: RedisServer; clients: readonly ChaosClient[]; random: SeededRandom }

type Blow = { name: string; strike(victims: Victims): Promise<unknown> }

/** Every way to hurt. What is away is not missed at once: Redis stays dead or frozen until a later blow heals it. */
const blows: readonly Blow[] = [
  { name: 'cut sockets', strike: async (victims) => cutSockets(victims) },
  { name: 'kill a server', strike: ({ cluster, random }) => cluster.kill(random.below(cluster.size)) },
  { name: 'restart a server', strike: ({ cluster, random }) => cluster.restart(random.below(cluster.size)) },
  {
    name: 'kill all servers',
    strike: ({ cluster }) => Promise.all(indexes(cluster).map((index) => cluster.kill(index))),
  },
  { name: 'kill Redis', strike: ({ redis }) => redis.kill() },
  { name: 'freeze Redis', strike: ({ redis }) => redis.start().then(() => redis.freeze()) },
  { name: 'heal Redis', strike: ({ redis }) => redis.start() },
  { name: 'kill Redis and start it', strike: ({ redis }) => redis.kill().then(() => redis.start()) },
  { name: 'cut the connections to Redis', strike: ({ redis }) => redis.start().then(() => redis.cutClients()) },
]

/** A share of clients that lose their line at once. */
const CUT_SHARE = 0.3

/** Strikes at moments of the writing, each time `everyWrites` are done. Every kind of blow comes before any comes again. */
export function createHavoc(victims: Victims, everyWrites: number) {
  const done: string[] = []
  let order: Blow[] = []
  let last: Promise<unknown> = Promise.resolve()
  let failure: unknown
  const strike = async (): Promise<void> => {
    if (order.length === 0) order = shuffled(blows, victims.random)
    const blow = order.pop()
    if (blow === undefined) return
    done.push(blow.name)
    await blow.strike(victims)
  }
  return {
    done: done as readonly string[],
    /** Told after each write that was acknowledged. */
    written(count: number) {
      if (count % everyWrites !== 0) return
      last = last.then(strike).catch((error: unknown) => {
        failure ??= error
      })
    },
    /** Waits for the last blow and lets Redis live again. Throws what went wrong on the way. */
    async end() {
      await last
      await victims.redis.start()
      if (failure !== undefined) throw failure
    },
  }
}

function cutSockets({ clients, random }: Victims): void {
  for (const client of clients) if (random.next() < CUT_SHARE) client.cut()
}

function indexes(cluster: Cluster): number[] {
  return Array.from({ length: cluster.size }, (_, index) => index)
}

function shuffled<Value>(values: readonly Value[], random: SeededRandom): Value[] {
  return values
    .map((value) => ({ value, place: random.next() }))
    .sort((one, other) => one.place - other.place)
    .map(({ value }) => value)
}
