import { ok } from '../../core/lib/result.ts'
import { addressOfBody } from '../../core/webhooks/body-address.ts'
import { eventBody } from '../../core/webhooks/event-body.ts'
import { inToldOrder } from '../../core/webhooks/in-told-order.ts'
import { webhookIdOf } from '../../core/webhooks/webhook-id.ts'
import type { WaitingEvent } from '../ports/event-relay.ts'
import type { RelayedEvent } from '../ports/relayed-events.ts'
import type { Ctx, Tx } from '../ports.ts'
import { type FoundFacts, loadEventFacts } from './load-event-facts.ts'

/** Eldest events looked at in one run: enough to keep up, and few enough that their bodies fit in memory with ease. */
const RELAYED_BATCH = 200
/** Events of one customer in one run. A customer with more goes on in the next. */
const PER_CUSTOMER = 20

/** Told of an event whose body could not be made. It waits on, and what comes after it for its customer too. */
export type RelayFailureListener = (event: WaitingEvent, error: unknown) => void

type Ctxs = Pick<Ctx, 'clock' | 'hash' | 'transaction'>
type Draft = { waiting: WaitingEvent; relayed: Omit<RelayedEvent, 'position'> }
/** What becomes of a batch: told with a body, or told to nobody. */
type Sorted = { drafts: Draft[]; passedOver: WaitingEvent[] }

/**
 * Moves what waits in the outbox to the feeds of the projects: freezes each body, gives it the next position, and queues
 * it for those who want it, all in one transaction. So an event is in the feed once, whatever dies in between; those of a
 * customer are in order; and whoever reads a feed never finds a smaller position than one that was seen.
 */
export async function relayEvents(
  ctx: Ctxs,
  onFailure: RelayFailureListener,
): Promise<{ done: number; more: boolean }> {
  const done = await ctx.transaction<number, never>(async (tx) => {
    if (!(await tx.eventRelay.claim())) return ok(0)
    const waiting = inToldOrder(
      (await tx.eventRelay.waiting({ events: RELAYED_BATCH, perCustomer: PER_CUSTOMER })).map((event) => ({
        ...event,
        customerId: event.customer.customerId,
      })),
    )
    if (waiting.length === 0) return ok(0)
    const { drafts, passedOver } = await sortOut(tx, ctx, waiting, onFailure)
    const now = ctx.clock.now()
    const published = await place(tx, drafts)
    await tx.eventRelay.publish(published, now)
    await tx.eventRelay.passOver(passedOver, now)
    await tx.webhookDeliveries.enqueue(published.map(({ relayed }) => relayed))
    return ok(published.length + passedOver.length)
  })
  const count = done.ok ? done.value : 0
  return { done: count, more: count > 0 }
}

/** Makes the bodies. Nobody is told of an erased customer, nor twice of one fact. */
async function sortOut(
  tx: Tx,
  { hash }: Ctxs,
  waiting: readonly WaitingEvent[],
  onFailure: RelayFailureListener,
): Promise<Sorted> {
  const [facts, told] = await Promise.all([loadEventFacts(tx, waiting), toldBefore(tx, waiting)])
  const sorted: Sorted = { drafts: [], passedOver: [] }
  const heldBack = new Set<string>()
  for (const event of waiting) {
    const about = facts.get(event)
    if (heldBack.has(event.customer.customerId)) continue
    if (about === undefined || told.has(event.eventId)) {
      sorted.passedOver.push(event)
      continue
    }
    try {
      sorted.drafts.push({ waiting: event, relayed: draftOf(event, about, hash) })
      told.add(event.eventId)
    } catch (error) {
      heldBack.add(event.customer.customerId)
      onFailure(event, error)
    }
  }
  return sorted
}

function draftOf(event: WaitingEvent, { facts, customer }: FoundFacts, hash: Ctx['hash']): Draft['relayed'] {
  const { eventId, revision, type, occurredAt } = event
  const webhookId = webhookIdOf(eventId, hash)
  const body = eventBody({ ...event, webhookId }, facts)
  const { projectId } = customer
  return { eventId, webhookId, projectId, customer, revision, type, ...addressOfBody(body), occurredAt, body }
}

async function toldBefore(tx: Tx, waiting: readonly WaitingEvent[]): Promise<Set<string>> {
  const projects = Map.groupBy(waiting, ({ customer }) => customer.projectId)
  const told = await Promise.all(
    [...projects].map(([projectId, events]) =>
      tx.eventRelay.told(
        projectId,
        events.map(({ eventId }) => eventId),
      ),
    ),
  )
  return new Set(told.flatMap((ids) => [...ids]))
}

/** Projects take their positions in one order, so that two relays could not wait for each other. */
async function place(
  tx: Tx,
  drafts: readonly Draft[],
): Promise<Array<{ waiting: WaitingEvent; relayed: RelayedEvent }>> {
  const published: Array<{ waiting: WaitingEvent; relayed: RelayedEvent }> = []
  const projects = Map.groupBy(drafts, ({ relayed }) => relayed.projectId)
  for (const projectId of [...projects.keys()].sort()) {
    const own = projects.get(projectId) ?? []
    const first = await tx.eventRelay.takePositions(projectId, own.length)
    own.forEach(({ waiting, relayed }, index) => {
      published.push({ waiting, relayed: { ...relayed, position: first + index } })
    })
  }
  return published
}
