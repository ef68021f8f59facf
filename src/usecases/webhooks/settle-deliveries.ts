import { ok } from '../../core/lib/result.ts'
import { afterAttempt, type Circuit, CLOSED, isOpen, PROBE_EVERY_MS } from '../../core/webhooks/circuit.ts'
import { afterFailure, type DeliveryAttempt } from '../../core/webhooks/delivery.ts'
import type { ClaimedDelivery, SettledDelivery } from '../ports/webhook-deliveries.ts'
import type { Ctx } from '../ports.ts'

/**
 * What came of a claimed delivery. `ended`: the receiver answered, or did not. `released`: it was not tried to the end,
 * because the process stops. `gone`: the feed keeps its body no more, so that it never can be sent.
 */
export type Outcome = { claimed: ClaimedDelivery } & (
  | { kind: 'ended'; attempt: Omit<DeliveryAttempt, 'isProbe'> }
  | { kind: 'released' }
  | { kind: 'gone' }
)

/** `postponed`: failed while the circuit was open, which takes no retry away. */
export type SettledAs = 'delivered' | 'retried' | 'given_up' | 'postponed' | 'released'

export type Settlement = {
  /** What was written down. Outcomes of lost claims are missing: those deliveries are tried again. */
  settled: Array<{ outcome: Outcome; as: SettledAs }>
  opened: string[]
  closed: string[]
}

/** Writes down what came of claimed deliveries, in one transaction, and moves the circuits of their endpoints. */
export async function settleDeliveries(
  ctx: Pick<Ctx, 'transaction' | 'clock'>,
  outcomes: readonly Outcome[],
): Promise<Settlement> {
  const done = await ctx.transaction<Settlement, never>(async (tx) => {
    const held = new Set(await tx.webhookDeliveries.lockClaims(outcomes.map(({ claimed }) => claimed)))
    const ours = outcomes.filter(({ claimed }) => held.has(claimed))
    const endpointIds = [...new Set(ours.map(({ claimed }) => claimed.endpointId))]
    const circuits = await tx.webhookEndpoints.lockCircuits(endpointIds)
    const before = new Map(circuits)
    const now = ctx.clock.now()
    const rows: SettledDelivery[] = []
    const settled: Settlement['settled'] = []
    for (const outcome of ours) {
      const { endpointId } = outcome.claimed
      const circuit = circuits.get(endpointId) ?? CLOSED
      const { row, as } = settle(outcome, circuit, now)
      rows.push(row)
      settled.push({ outcome, as })
      if (outcome.kind === 'ended') circuits.set(endpointId, afterAttempt(circuit, as === 'delivered', now))
    }
    await tx.webhookDeliveries.settle(rows, now)
    for (const [endpointId, circuit] of circuits) {
      if (circuit !== before.get(endpointId)) await tx.webhookEndpoints.saveCircuit(endpointId, circuit)
    }
    return ok({ settled, ...turned(before, circuits) })
  })
  return done.ok ? done.value : { settled: [], opened: [], closed: [] }
}

function settle(outcome: Outcome, circuit: Circuit, now: number): { row: SettledDelivery; as: SettledAs } {
  const { claimed } = outcome
  const { endpointId, customer, lease, position, attemptCount } = claimed
  const row = { endpointId, customer, lease, position, attemptCount, retryAt: null, attempt: null }
  if (outcome.kind === 'released') return { row: { ...row, state: 'pending', retryAt: now }, as: 'released' }
  if (outcome.kind === 'gone') return { row: { ...row, state: 'given_up' }, as: 'given_up' }
  const attempt = { ...outcome.attempt, isProbe: isOpen(circuit) }
  if (attempt.error === null) {
    return { row: { ...row, attempt, state: 'delivered', attemptCount: attemptCount + 1 }, as: 'delivered' }
  }
  // Put off, so that the next probe is another customer's: one event that a receiver cannot stomach must not be all probes.
  if (attempt.isProbe)
    return { row: { ...row, attempt, state: 'pending', retryAt: now + PROBE_EVERY_MS }, as: 'postponed' }
  const next = afterFailure(attemptCount + 1, now)
  const counted = { ...row, attempt, attemptCount: attemptCount + 1 }
  return next.state === 'given_up'
    ? { row: { ...counted, state: 'given_up' }, as: 'given_up' }
    : { row: { ...counted, state: 'pending', retryAt: next.retryAt }, as: 'retried' }
}

function turned(
  before: ReadonlyMap<string, Circuit>,
  after: ReadonlyMap<string, Circuit>,
): Pick<Settlement, 'opened' | 'closed'> {
  const wasOpen = (endpointId: string) => isOpen(before.get(endpointId) ?? CLOSED)
  const entries = [...after]
  return {
    opened: entries.filter(([id, circuit]) => isOpen(circuit) && !wasOpen(id)).map(([id]) => id),
    closed: entries.filter(([id, circuit]) => !isOpen(circuit) && wasOpen(id)).map(([id]) => id),
  }
}
