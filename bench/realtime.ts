import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { loadavg } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { freePort, type ServerProcess } from '../test/support/server-process.ts'
import { against, alone, type Benchmark, type Measurement, median } from './measurement.ts'
import { memoryKib, processorMs } from './process-cost.ts'
import { echoFrame } from './realtime-frames.ts'
import { changesToEnvelopes, type Lags, socketUrls } from './realtime-load.ts'
import { openSockets, type Sockets } from './sockets.ts'
import { createCustomers, withServer } from './world.ts'

/** Half of what a process may open by default where this is developed: both ends are on one machine. */
const IDLE_SOCKETS = Number(process.env.BENCH_SOCKETS ?? 10_000)
const LISTENERS = [200, 5_000]
const CHANGES_PER_SECOND = 500
const SECONDS = 15
/** Longer than the time between two pings, so that each socket gets exactly one. */
const REST_MS = 30_000
const SETTLE_MS = 3_000
const FAN_OUT = [1, 5, 20]
const FAN_OUT_USERS = 200
const FAN_OUT_ROUNDS = 8

/**
 * Sockets at rest, and how soon a change reaches its socket, against a bare `ws` server in a process of its own that
 * holds as many sockets and sends frames of the same length.
 */
export const realtime: Benchmark = {
  name: 'realtime',
  isLong: true,
  async run() {
    const inspector = await freePort()
    const settings = { NODE_OPTIONS: `--inspect=127.0.0.1:${inspector}` }
    return withServer((server) => withEchoServer((echo) => measure({ ...server, inspector }, echo)), settings)
  },
}

type Inspected = { pid: number; inspector: number }
type Echo = Inspected & { url: string }

async function measure(server: ServerProcess & Inspected, echo: Echo): Promise<Measurement[]> {
  process.stderr.write(
    `load average at the start: ${loadavg()
      .map((one) => one.toFixed(1))
      .join(' ')}\n`,
  )
  await createCustomers(server, Math.max(IDLE_SOCKETS, ...LISTENERS))
  const urls = await socketUrls(server, IDLE_SOCKETS)
  const measurements = await atRest(server, urls, echo)
  for (const count of LISTENERS) measurements.push(...(await underLoad(server, urls.slice(0, count), echo)))
  measurements.push(...(await fanOut(server)))
  process.stderr.write(
    `load average at the end: ${loadavg()
      .map((one) => one.toFixed(1))
      .join(' ')}\n`,
  )
  return measurements
}

async function atRest(server: Inspected, urls: readonly string[], echo: Echo): Promise<Measurement[]> {
  const ours = await restingCost(server, urls)
  const bare = await restingCost(
    echo,
    urls.map(() => echo.url),
  )
  return [
    against(`memory of a socket, ${urls.length} idle, against bare ws`, 'KiB', ours.memory, bare.memory),
    against('processor at rest, pings included, against bare ws', '% of a core', ours.processor, bare.processor),
  ]
}

async function restingCost(
  { pid, inspector }: Inspected,
  urls: readonly string[],
): Promise<{ memory: number; processor: number }> {
  const before = await memoryKib(inspector)
  const sockets = await openSockets(urls)
  await pause(SETTLE_MS)
  const memory = ((await memoryKib(inspector)) - before) / urls.length
  const startedAt = await processorMs(pid)
  await pause(REST_MS)
  const processor = (((await processorMs(pid)) - startedAt) / REST_MS) * 100
  await sockets.close()
  return { memory, processor }
}

async function underLoad(server: ServerProcess, urls: readonly string[], echo: Echo): Promise<Measurement[]> {
  const sockets = await openSockets(urls)
  const wallets = Math.max(...LISTENERS)
  const load = { perSecond: CHANGES_PER_SECOND, seconds: SECONDS, wallets }
  const lags = await changesToEnvelopes(server, sockets, load)
  await sockets.close()
  const bare = await openSockets(urls.map(() => echo.url))
  const floor = await echoes(bare)
  await bare.close()
  return lagMeasurements(urls.length, lags, floor)
}

function lagMeasurements(
  count: number,
  { envelopes, answers, missing }: Lags,
  floor: readonly number[],
): Measurement[] {
  const at = `${count} sockets, ${CHANGES_PER_SECOND} changes/s`
  return [
    against(`change to envelope p50 (${at}), against bare ws there and back`, 'ms', at50(envelopes), at50(floor)),
    against('the same p99', 'ms', at99(envelopes), at99(floor)),
    against('change to envelope p50, against the answer to its writer', 'ms', at50(envelopes), at50(answers)),
    against('the same p99', 'ms', at99(envelopes), at99(answers)),
    alone('envelopes measured', '', envelopes.length),
    alone('changes of listeners without an envelope of their own (joined to one a second)', '', missing),
  ]
}

/** Frames to and fro at the same rate, over as many sockets. */
async function echoes(sockets: Sockets): Promise<number[]> {
  const lags: number[] = []
  sockets.onFrame((text) => {
    const sentAt = /"sent_at":([\d.]+)/.exec(text)?.[1]
    if (sentAt !== undefined) lags.push(performance.now() - Number(sentAt))
  })
  const startedAt = performance.now()
  const total = CHANGES_PER_SECOND * SECONDS
  for (let sent = 0; sent < total; ) {
    const due = Math.min(total, ((performance.now() - startedAt) * CHANGES_PER_SECOND) / 1_000)
    for (; sent < due; sent++) sockets.all[sent % sockets.all.length]?.send(echoFrame(performance.now()))
    await pause(10)
  }
  await pause(SETTLE_MS)
  return lags
}

/** Processor time of one envelope when users have few or many devices: as much, if telling grows with the sockets only. */
async function fanOut(server: ServerProcess): Promise<Measurement[]> {
  const costs: { devices: number; perChange: number }[] = []
  for (const devices of [0, ...FAN_OUT]) {
    const urls = devices === 0 ? [] : await socketUrls(server, FAN_OUT_USERS, devices)
    const sockets = await openSockets(urls)
    await pause(SETTLE_MS)
    const rounds: number[] = []
    for (let round = 0; round < FAN_OUT_ROUNDS; round++) {
      const before = await processorMs(server.pid)
      const load = { perSecond: FAN_OUT_USERS, seconds: 1, wallets: FAN_OUT_USERS }
      await changesToEnvelopes(server, sockets, load)
      rounds.push(((await processorMs(server.pid)) - before) / FAN_OUT_USERS)
    }
    await sockets.close()
    // The round that was disturbed least.
    costs.push({ devices, perChange: Math.min(...rounds) })
  }
  const base = costs[0]?.perChange ?? 0
  return costs
    .slice(1)
    .map(({ devices, perChange }) =>
      alone(`processor of an envelope, ${devices} devices a user`, 'µs', ((perChange - base) / devices) * 1_000),
    )
}

async function withEchoServer<Value>(work: (echo: Echo) => Promise<Value>): Promise<Value> {
  const port = await freePort()
  const script = join(import.meta.dirname, 'echo-server.ts')
  const inspector = await freePort()
  const args = [`--inspect=127.0.0.1:${inspector}`, script, String(port)]
  const child: ChildProcess = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] })
  if (child.stdout === null || child.pid === undefined) throw new Error('the echo server did not start')
  await once(child.stdout, 'data')
  try {
    return await work({ url: `ws://127.0.0.1:${port}`, pid: child.pid, inspector })
  } finally {
    child.kill()
    await once(child, 'exit')
  }
}

function at50(values: readonly number[]): number {
  return median(values)
}

function at99(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * 0.99))] ?? Number.NaN
}
