import { randomUUID } from 'node:crypto'
import { adjustBalance } from '../src/usecases/wallet/adjust-balance.ts'
import type { Bench } from './open-context.ts'

export type AdjustmentRun = { perSecond: number; p50Ms: number; p99Ms: number }

const SECONDS = 3

/** Grants of 1 over so many wallets, so many at a time, by the use case without HTTP, for a few seconds. */
export async function runAdjustments(
  { ctx, projectId }: Bench,
  wallets: number,
  inFlight: number,
): Promise<AdjustmentRun> {
  const startedAt = performance.now()
  const end = startedAt + SECONDS * 1_000
  const latencies: number[] = []
  let count = 0
  const worker = async () => {
    while (performance.now() < end) {
      const askedAt = performance.now()
      const done = await adjustBalance(ctx, {
        projectId,
        userId: `bench-${count++ % wallets}`,
        currency: 'CRD',
        amount: 1,
        reason: 'benchmark',
        idempotencyKey: randomUUID(),
        actor: 'bench',
        requestId: '0123456789abcdef',
      })
      if (!done.ok) throw new Error(`an adjustment was refused: ${done.refusal.code}`)
      latencies.push(performance.now() - askedAt)
    }
  }
  await Promise.all(Array.from({ length: inFlight }, worker))
  const perSecond = latencies.length / ((performance.now() - startedAt) / 1_000)
  latencies.sort((one, other) => one - other)
  const at = (share: number) => latencies[Math.floor(latencies.length * share)] ?? Number.NaN
  return { perSecond, p50Ms: at(0.5), p99Ms: at(0.99) }
}
