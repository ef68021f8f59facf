import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { bucketOf } from '../src/core/lib/bucket.ts'
import { parseAllowedHosts } from '../src/core/webhooks/destination.ts'
import { startDelivery } from '../src/delivery/deliver-webhooks.ts'
import { PER_ENDPOINT_MAX } from '../src/delivery/dispatcher.ts'
import { createPoster } from '../src/delivery/post-pinned.ts'
import { createSystemResolver } from '../src/delivery/resolve-host.ts'
import { createSender } from '../src/delivery/send-webhook.ts'
import type { RelayedEvent } from '../src/usecases/ports/relayed-events.ts'
import type { Ctx } from '../src/usecases/ports.ts'
import { createEndpoint } from '../src/usecases/webhooks/change-endpoints.ts'
import { freePort } from '../test/support/server-process.ts'
import { against, alone, type Benchmark, type Measurement, median } from './measurement.ts'
import { type Bench, withContext } from './open-context.ts'

const PER_SECOND = 300
const SECONDS = Number(process.env.BENCH_SECONDS ?? 30)
const CUSTOMERS = 2_000
const TICK_MS = 50
const TIMEOUT_MS = 60_000
const SETTLED_WITHIN_MS = 30_000

type Got = { id: string; about: string; lagMs: number; at: number }

/**
 * 300 events a second to an endpoint that takes 100 ms for each, while another one hangs, beside a bare sender of the same
 * bodies with as many requests at once. Both ends and the database share the machine.
 */
export const webhooks: Benchmark = {
  name: 'webhooks',
  isLong: true,
  run: () => withContext((bench) => withReceiver((url) => measure(bench, url))),
}

async function measure({ ctx, projectId, database }: Bench, url: string): Promise<Measurement[]> {
  const allowed = parseAllowedHosts('127.0.0.1')
  if (!allowed.ok) throw new Error('loopback is an address')
  for (const path of ['slow', 'hang']) {
    const all = { authorization: null, eventTypes: null, appId: null, environment: null, secret: null }
    const secrets = { newToken: () => Buffer.alloc(32, 7).toString('base64url') }
    const facts = { ...all, name: path, url: `${url}/${path}`, projectId }
    await createEndpoint(ctx, { secrets, allowed: allowed.value }, facts)
  }
  const poster = createPoster()
  const senderDeps = { clock: ctx.clock, resolve: createSystemResolver(), post: poster.post, allowed: allowed.value }
  const loop = startDelivery({
    ctx,
    send: createSender({ ...senderDeps, timeoutMs: TIMEOUT_MS }),
    settled: () => undefined,
    turned: () => undefined,
    failed: (error) => {
      throw error
    },
  })
  const total = PER_SECOND * SECONDS
  await paced(total, (from, to) => relay(ctx, database, projectId, from, to))
  const ours = await collect(url, total)
  await loop.stop(0)
  poster.close()
  const bodies = Array.from({ length: total }, (_, index) => index)
  const room = { free: PER_ENDPOINT_MAX }
  await paced(total, (from, to) => {
    for (const index of bodies.slice(from, to)) void bareSend(`${url}/slow`, index, room)
  })
  const bare = await collect(url, total)
  return [
    against('webhooks delivered while another endpoint hangs, against a bare sender', '/s', rateOf(ours), rateOf(bare)),
    against('event to receiver p50, against a bare sender', 'ms', lagAt(ours, 0.5), lagAt(bare, 0.5)),
    against('the same p99', 'ms', lagAt(ours, 0.99), lagAt(bare, 0.99)),
    alone('events of a customer out of order', '', outOfOrder(ours)),
    alone('events that never came', '', total - new Set(ours.map(({ id }) => id)).size),
  ]
}

/** Calls `work` with the next part of a whole, as much as is due by then. */
async function paced(total: number, work: (from: number, to: number) => unknown): Promise<void> {
  const startedAt = performance.now()
  for (let done = 0; done < total; ) {
    const due = Math.min(total, Math.floor(((performance.now() - startedAt) * PER_SECOND) / 1_000))
    if (due > done) await work(done, due)
    done = Math.max(done, due)
    await pause(TICK_MS)
  }
}

function bodyOf(index: number): string {
  const event = { type: 'RENEWAL', id: `event-${String(index).padStart(9, '0')}`, about: customerOf(index) }
  return JSON.stringify({
    api_version: '1.0',
    event: { ...event, event_timestamp_ms: Date.now(), filler: 'x'.repeat(900) },
  })
}

function customerOf(index: number): string {
  return `bench-${index % CUSTOMERS}`
}

/** What the relay does at the end of its transaction: the feed's rows, and the queue. */
async function relay(
  ctx: Ctx,
  database: Bench['database'],
  projectId: string,
  from: number,
  to: number,
): Promise<void> {
  const now = ctx.clock.now()
  const events = Array.from({ length: to - from }, (_, offset): RelayedEvent => {
    const index = from + offset
    const customerId = customerOf(index)
    return {
      eventId: `evnt${index}`,
      webhookId: `00000000-0000-8000-9000-${String(index).padStart(12, '0')}`,
      projectId,
      customer: { projectId, bucket: bucketOf(projectId, customerId), customerId },
      revision: 1,
      type: 'RENEWAL',
      appId: null,
      store: null,
      environment: null,
      occurredAt: now,
      position: index + 1,
      body: bodyOf(index),
    }
  })
  await database.withConnection((_query, raw) => raw(insertOf(events)))
  await ctx.transaction<null, never>(async (tx) => {
    await tx.webhookDeliveries.enqueue(events)
    return { ok: true, value: null }
  })
}

function insertOf(events: readonly RelayedEvent[]): string {
  const rows = events.map(
    ({ customer, eventId, projectId, position, webhookId, body }) =>
      `(${customer.bucket}, '${customer.customerId}', '${eventId}', '${projectId}', 1, 'RENEWAL', now(), '{}', ${position},
       '${webhookId}', now(), '${body}')`,
  )
  return `insert into events (bucket, customer_id, event_id, project_id, revision, type, occurred_at, data, position,
    webhook_id, relayed_at, body) values ${rows.join(',')}`
}

async function bareSend(url: string, index: number, room: { free: number }): Promise<void> {
  const body = bodyOf(index)
  while (room.free === 0) await pause(1)
  room.free -= 1
  const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  await answer.arrayBuffer()
  room.free += 1
}

/** What the receiver got, once it is all or nothing more is expected. */
async function collect(url: string, total: number): Promise<Got[]> {
  const got: Got[] = []
  const deadline = performance.now() + SETTLED_WITHIN_MS
  while (got.length < total && performance.now() < deadline) {
    const answer = await fetch(`${url}/got`)
    got.push(...((await answer.json()) as Got[]))
    await pause(TICK_MS)
  }
  return got
}

function rateOf(got: readonly Got[]): number {
  const times = got.map(({ at }) => at)
  const spanMs = times.reduce((last, at) => Math.max(last, at), 0) - times.reduce((first, at) => Math.min(first, at))
  return (got.length / spanMs) * 1_000
}

function lagAt(got: readonly Got[], share: number): number {
  const lags = got.map(({ lagMs }) => lagMs).sort((one, other) => one - other)
  return share === 0.5 ? median(lags) : (lags[Math.floor(lags.length * share)] ?? Number.NaN)
}

function outOfOrder(got: readonly Got[]): number {
  const last = new Map<string, string>()
  return got.filter(({ id, about }) => {
    const before = last.get(about) ?? ''
    last.set(about, id)
    return id < before
  }).length
}

async function withReceiver<Value>(work: (url: string) => Promise<Value>): Promise<Value> {
  const port = await freePort()
  const script = join(import.meta.dirname, 'webhook-receiver.ts')
  const child: ChildProcess = spawn(process.execPath, [script, String(port)], { stdio: ['ignore', 'pipe', 'inherit'] })
  if (child.stdout === null) throw new Error('the receiver has no output')
  await once(child.stdout, 'data')
  try {
    return await work(`http://127.0.0.1:${port}`)
  } finally {
    child.kill()
    await once(child, 'exit')
  }
}
