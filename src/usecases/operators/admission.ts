import { ok, type Result } from '../../core/lib/result.ts'
import type { AdminCaller } from '../../core/operators/caller.ts'
import type { OperatorLimits } from '../../core/operators/operator.ts'
import {
  dayOf,
  judgeChange,
  judgeDay,
  type LimitExceeded,
  type MovedUnits,
} from '../../core/operators/operator-limits.ts'
import type { Ctx, Tx } from '../ports.ts'

/**
 * Judges whether whoever asks may move so many units. Called inside the transaction that moves them, after the
 * customer's row was locked; what it writes is undone with the rest when anything refuses.
 */
export type Admit<Refusal = LimitExceeded> = (tx: Tx, moved: readonly MovedUnits[]) => Promise<Result<null, Refusal>>

/** Admits what an operator's limits allow, and counts it for the day. Null for the shared secret, which has no limits. */
export function admitCaller(ctx: Pick<Ctx, 'clock'>, caller: AdminCaller): Admit | null {
  if (caller.kind === 'shared_secret') return null
  const { operatorId } = caller.operator
  return (tx, moved) => countForDay(tx, ctx, operatorId, moved)
}

/**
 * Judges by the limits as they are now, not as they were when the operator signed in, and counts what passes. The sum
 * of the day stays locked until the end, so that parallel changes are judged one after the other.
 */
export async function countForDay(
  tx: Tx,
  ctx: Pick<Ctx, 'clock'>,
  operatorId: string,
  moved: readonly MovedUnits[],
): Promise<Result<null, LimitExceeded>> {
  const limits = await limitsNow(tx, operatorId)
  const now = ctx.clock.now()
  // In one order always: two changes of the same currencies must not wait for each other.
  for (const units of inOrder(moved)) {
    const alone = judgeChange(limits, units)
    if (!alone.ok) return alone
    if (limits.maxPerDay === null) continue
    const day = { operatorId, day: dayOf(now), currency: units.currency }
    const judged = judgeDay(limits, units, await tx.operators.lockDay(day), now)
    if (!judged.ok) return judged
    await tx.operators.setDay(day, judged.value)
  }
  return ok(null)
}

/** Judges one change by itself and counts nothing. */
export async function judgeAlone(
  tx: Tx,
  operatorId: string,
  moved: readonly MovedUnits[],
): Promise<Result<null, LimitExceeded>> {
  const limits = await limitsNow(tx, operatorId)
  for (const units of moved) {
    const alone = judgeChange(limits, units)
    if (!alone.ok) return alone
  }
  return ok(null)
}

async function limitsNow(tx: Tx, operatorId: string): Promise<OperatorLimits> {
  const operator = await tx.operators.get(operatorId)
  return operator?.limits ?? { maxPerChange: null, maxPerDay: null }
}

function inOrder(moved: readonly MovedUnits[]): MovedUnits[] {
  return moved.filter(({ units }) => units > 0).sort((a, b) => (a.currency < b.currency ? -1 : 1))
}
