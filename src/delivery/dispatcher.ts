import type { WebhookEndpoint } from '../core/webhooks/webhook-endpoint.ts'
import type { ClaimedDelivery } from '../usecases/ports/webhook-deliveries.ts'
import type { Ctx } from '../usecases/ports.ts'
import { claimDeliveries } from '../usecases/webhooks/claim-deliveries.ts'
import { type Outcome, type SettledAs, settleDeliveries } from '../usecases/webhooks/settle-deliveries.ts'
import type { SendWebhook } from './send-webhook.ts'

/** Requests of this process to one endpoint at once. A receiver that needs 100 ms gets over 600 events a second. */
export const PER_ENDPOINT_MAX = 64
/** Requests of this process at once, so that their bodies fit into memory. Endpoints that hang have one each, soon. */
const AT_ONCE_MAX = 1_024

export type DispatcherDeps = {
  ctx: Pick<Ctx, 'transaction' | 'clock' | 'read'>
  send: SendWebhook
  /** Told what became of each delivery, after it was written down. */
  settled(outcome: Outcome, as: SettledAs): void
  /** Told when an endpoint's circuit opened or closed. */
  turned(endpointId: string, isOpen: boolean): void
  /** Told when there is room again, and what comes next of some customers may be due. */
  flushed(): void
  /** Told when outcomes could not be written down: those deliveries are made again when their leases end. */
  failed(error: unknown): void
}

export type Dispatcher = {
  /** Claims what is due, as far as there is room, and begins to send it. Answers how many were begun. */
  fill(): Promise<number>
  /** Resolves when all that was begun is settled. */
  idle(): Promise<void>
  /** Breaks off what is under way. It is given back, to be sent by another process or after the next start. */
  abort(): void
}

/**
 * Sends what is due to the endpoints that want it. Each endpoint has a number of requests of its own, so that a slow one
 * keeps nobody else waiting. What came of requests is written down together, as it comes.
 */
export function createDispatcher(deps: DispatcherDeps): Dispatcher {
  const stopping = new AbortController()
  const underWay = new Map<string, number>()
  let total = 0
  let ended: Outcome[] = []
  let flushing: Promise<void> | null = null

  const count = (endpointId: string, by: number): void => {
    const now = (underWay.get(endpointId) ?? 0) + by
    total += by
    if (now === 0) underWay.delete(endpointId)
    else underWay.set(endpointId, now)
  }
  const flush = async (): Promise<void> => {
    // What ends in this turn of the loop is written down together.
    await new Promise((resolve) => setImmediate(resolve))
    while (ended.length > 0) {
      const outcomes = ended
      ended = []
      await writeDown(deps, outcomes)
      for (const { claimed } of outcomes) count(claimed.endpointId, -1)
      deps.flushed()
    }
    flushing = null
  }
  const sends = new Set<Promise<void>>()
  const start = (endpoint: WebhookEndpoint, claimed: ClaimedDelivery): void => {
    count(endpoint.endpointId, 1)
    const sent = attempt(deps.send, endpoint, claimed, stopping.signal).then((outcome) => {
      sends.delete(sent)
      ended.push(outcome)
      flushing ??= flush()
    })
    sends.add(sent)
  }
  return {
    async fill() {
      let begun = 0
      for (const endpoint of await deps.ctx.read.webhookEndpoints.withDue(deps.ctx.clock.now())) {
        const room = Math.min(PER_ENDPOINT_MAX - (underWay.get(endpoint.endpointId) ?? 0), AT_ONCE_MAX - total)
        if (room <= 0 || stopping.signal.aborted) continue
        const claimed = await claimDeliveries(deps.ctx, endpoint, room)
        for (const delivery of claimed) start(endpoint, delivery)
        begun += claimed.length
      }
      return begun
    },
    async idle() {
      while (sends.size > 0 || flushing !== null) {
        await Promise.all(sends)
        await flushing
      }
    },
    abort: () => stopping.abort(),
  }
}

async function attempt(
  send: SendWebhook,
  endpoint: WebhookEndpoint,
  claimed: ClaimedDelivery,
  stopping: AbortSignal,
): Promise<Outcome> {
  if (claimed.body === null) return { claimed, kind: 'gone' }
  try {
    return { claimed, kind: 'ended', attempt: await send(endpoint, { ...claimed, body: claimed.body }, stopping) }
  } catch {
    return { claimed, kind: 'released' }
  }
}

async function writeDown(deps: DispatcherDeps, outcomes: readonly Outcome[]): Promise<void> {
  try {
    const { settled, opened, closed } = await settleDeliveries(deps.ctx, outcomes)
    for (const { outcome, as } of settled) deps.settled(outcome, as)
    for (const endpointId of opened) deps.turned(endpointId, true)
    for (const endpointId of closed) deps.turned(endpointId, false)
  } catch (error) {
    deps.failed(error)
  }
}
